/** Requests a second and the burst bucket of a route; what is not set is bounded by the account alone. */
export interface RouteThrottle {
  readonly rate?: number;
  readonly burst?: number;
}

/** `AWS::ApiGatewayV2::Stage`, of either kind of API. */
export interface ApiStage {
  /** `dev`, or `$default` on HTTP APIs. */
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly defaultThrottle: RouteThrottle;
  /** By route key. */
  readonly routeThrottles: Readonly<Record<string, RouteThrottle>>;
  /** With `$context.…` variables; absent without access logs. */
  readonly accessLogFormat?: string;
}

/** `AWS::ApiGatewayV2::Integration` of type AWS_PROXY with a Lambda function, the only one that is executed. */
export interface LambdaIntegration {
  readonly id: string;
  readonly functionArn: string;
  readonly timeoutInMilliseconds: number;
}

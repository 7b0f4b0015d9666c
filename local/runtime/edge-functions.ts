/** A function of CloudFront, published and ready to run at the edge. */
export interface EdgeFunction {
  /** How logs name it. */
  readonly name: string;
  /**
   * Calls its handler with an event of CloudFront and gives what it returns, as JSON would hold it. Throws
   * `EdgeFunctionFailure` when the handler throws or does not come to an end.
   */
  run(event: EdgeFunctionEvent): unknown;
}

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html */
export interface EdgeFunctionEvent {
  readonly version: '1.0';
  readonly context: {
    readonly distributionDomainName: string;
    readonly distributionId: string;
    readonly eventType: 'viewer-request';
    readonly requestId: string;
  };
  readonly viewer: { readonly ip: string };
  readonly request: {
    readonly method: string;
    readonly uri: string;
    readonly querystring: Readonly<Record<string, EdgeValue>>;
    readonly headers: Readonly<Record<string, EdgeValue>>;
    readonly cookies: Readonly<Record<string, EdgeValue>>;
  };
  /** What `request.rawQueryString()` gives: without `?`; undefined without a query string. */
  readonly rawQueryString: string | undefined;
}

/** One value, and all of them where there are several. */
export interface EdgeValue {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}

/** The functions of CloudFront by ARN. */
export interface EdgeFunctions {
  publish(arn: string, edgeFunction: EdgeFunction): void;
  get(arn: string): EdgeFunction | undefined;
}

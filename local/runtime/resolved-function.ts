/** A function of the template, ready to run. */
export interface ResolvedFunction {
  readonly name: string;
  readonly arn: string;
  /** Directory of the asset in the cloud assembly. */
  readonly codeDirectory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutInSeconds: number;
  readonly memoryInMegabytes: number;
  readonly reservedConcurrency?: number;
  readonly roleArn: string;
  /** `RecursiveLoop: Allow` */
  readonly allowsLoops?: true;
  /** `nodejs24.x` */
  readonly runtime: string;
  readonly logging: FunctionLogging;
  /** What the AWS::Lambda::Permission resources of the template allow; filled while resources are created. */
  readonly permissions: FunctionPermission[];
}

/** `LoggingConfig`. */
export interface FunctionLogging {
  readonly format: 'JSON' | 'Text';
  /** Lines below it are dropped; the JSON format only. */
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  readonly group: string;
}

/** Who besides IAM principals may invoke the function. */
export interface FunctionPermission {
  /** `apigateway.amazonaws.com` */
  readonly principal: string;
  readonly action: string;
  /** ARN pattern with `*`. */
  readonly sourceArn?: string;
}

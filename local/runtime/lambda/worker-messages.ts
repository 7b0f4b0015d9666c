/** What the runtime inside a worker is told at its start. */
export interface RuntimeSettings {
  /** Where the function's code lies: `/var/task` on AWS. */
  readonly taskRoot: string;
  /** `index.handler` */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryInMegabytes: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logFormat: 'JSON' | 'Text';
  /** Console lines below it are dropped. */
  readonly logLevel: LogLevel;
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** One event for the worker. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event, as JSON. */
  readonly event: string;
  /** Epoch milliseconds at which the function is stopped. */
  readonly deadline: number;
}

/** An error as Lambda hands it to whoever invoked. */
export interface ErrorForm {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: ErrorForm }
  /** `payload` is JSON. */
  | { readonly kind: 'returned'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: ErrorForm }
  /** Nothing caught it: the process ends. */
  | { readonly kind: 'fatal'; readonly error: ErrorForm }
  | { readonly kind: 'log'; readonly line: string };

/** Where everything the execution says comes out, on one stream: functions' lines prefixed with their names. */
export interface LogSink {
  /** `source`: a function's name, or the part of the runtime that speaks (`websocket`, `stream`, `iam`). */
  write(source: string, line: string): void;
}

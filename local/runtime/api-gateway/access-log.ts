/** What the `$context` variables of a request are, by name: `requestId`, `identity.sourceIp`, … */
export type LogContext = Readonly<Record<string, string | number | undefined>>;

/**
 * A line of an access log: the stage's format with its variables filled in, `-` for what a request does not have.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function formatAccessLog(format: string, context: LogContext): string {
  return format.replace(/\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g, (_, name: string) =>
    String(context[name] ?? '-'),
  );
}

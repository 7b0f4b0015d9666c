import type { LogFields, Logger } from '../../ports/logger.ts';

/**
 * Lambda's JSON log format writes an object given to `console` as one structured line, with level, time and request id.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export const consoleLogger: Logger = {
  info: (event, fields) => console.info({ event, ...fields }),
  warn: (event, fields) => console.warn({ event, ...fields }),
  error: (event, error, fields) => console.error({ event, ...fields, ...describe(error) }),
};

function describe(error: unknown): LogFields {
  return error instanceof Error
    ? { errorName: error.name, errorMessage: error.message, errorStack: error.stack }
    : { errorName: typeof error, errorMessage: String(error) };
}

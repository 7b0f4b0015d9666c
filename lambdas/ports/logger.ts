/**
 * One structured line a call: `event` names what happened in kebab-case, `fields` say which. Never a secret, a token
 * or a payload.
 */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** `error` adds name, message and stack. */
  error(event: string, error: unknown, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

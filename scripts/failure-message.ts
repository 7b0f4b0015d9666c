/** What failed, in its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether `parseArgs` of Node.js says it, of an option that it does not know or whose value is missing. */
export function isWrongOption(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** The same, and of a wrong option, of which Node.js only says that it is wrong, where to read which there are. `command`: `npm run cost`. */
export function failureMessage(error: unknown, command: string): string {
  const message = messageOf(error);
  return isWrongOption(error)
    ? `${message.replace(/\.?$/, '.')} "${command} -- --help" tells which options there are.`
    : message;
}

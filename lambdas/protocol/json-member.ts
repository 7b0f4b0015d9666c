/**
 * The JSON text of a member of an object, as it stands in the object's own text: numbers keep all their digits, which no parsed value does. The
 * last one where several have the name, as `JSON.parse` has it; undefined when there is none. `json` has to be the valid JSON of
 * an object. Source: RFC 8259.
 */
export function memberTextOf(json: string, name: string): string | undefined {
  let found: string | undefined;
  let at = skipSpace(json, json.indexOf('{') + 1);
  while (json[at] === '"') {
    const nameEnd = endOfString(json, at);
    const start = skipSpace(json, json.indexOf(':', nameEnd) + 1);
    const end = endOfValue(json, start);
    if (JSON.parse(json.slice(at, nameEnd)) === name) found = json.slice(start, end).trimEnd();
    at = skipSpace(json, end + 1);
  }
  return found;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (/[ \t\n\r]/.test(json[at] ?? '')) at += 1;
  return at;
}

/** Behind the closing quote of the string that begins there. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Where the comma or the brace stands that ends the value. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const character = json[at];
    if (character === '"') {
      at = endOfString(json, at);
      continue;
    }
    if (depth === 0 && (character === ',' || character === '}')) break;
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    at += 1;
  }
  return at;
}

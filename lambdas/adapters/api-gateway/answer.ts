/** A whole answer to one HTTP/1.1 request. */
export interface Answer {
  readonly status: number;
  /** By name in lower case; what came more than once is joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Whether another request may follow on the same socket. */
  readonly keepsSocket: boolean;
}

/** What came is no answer, or a longer one than anything that API Gateway says. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

const MOST_BYTES = 64 * 1_024;
const HEAD_END = '\r\n\r\n';

/**
 * Reads the answer out of all that has come since the request; undefined while something is missing. `isEnded`: nothing more will come.
 * Answers of `@connections` are a few hundred bytes and come in one piece, so nothing is remembered between two pieces.
 * Throws {@link WrongAnswer}.
 *
 * Source: RFC 9112 sections 4, 6.3 and 7.1
 */
export function readAnswer(bytes: Buffer, isEnded = false): Answer | undefined {
  if (bytes.length > MOST_BYTES) throw new WrongAnswer(`an answer of more than ${MOST_BYTES} bytes`);
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...fields] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [, minor, code] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/.exec(statusLine) ?? [];
  if (code === undefined) throw new WrongAnswer('an answer that does not begin with a status of HTTP/1.1');
  const status = Number(code);
  const rest = bytes.subarray(headEnd + HEAD_END.length);
  if (status === 101) throw new WrongAnswer('an answer that changes the protocol');
  if (status < 200) return readAnswer(rest, isEnded);
  const headers = readFields(fields);
  const body = readBody(status, headers, rest, isEnded);
  if (body === undefined) return undefined;
  const isLast = isEnded || minor === '0' || /\bclose\b/i.test(headers.get('connection') ?? '');
  // Whoever sends more than was asked for is not to be asked again.
  return { status, headers, body: body.content, keepsSocket: !isLast && body.end === rest.length };
}

function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new WrongAnswer('a header without a name');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}

interface Body {
  readonly content: Buffer;
  /** Where it ends in what came after the head. */
  readonly end: number;
}

const NOTHING: Body = { content: Buffer.alloc(0), end: 0 };

function readBody(
  status: number,
  headers: ReadonlyMap<string, string>,
  bytes: Buffer,
  isEnded: boolean,
): Body | undefined {
  if (status === 204 || status === 304) return NOTHING;
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') throw new WrongAnswer('a transfer coding other than chunked');
    return readChunks(bytes);
  }
  const length = headers.get('content-length');
  if (length === undefined) return isEnded ? { content: bytes, end: bytes.length } : undefined;
  if (length === '0') return NOTHING;
  if (!/^\d{1,9}$/.test(length)) throw new WrongAnswer('a content length that is no number');
  const end = Number(length);
  return bytes.length < end ? undefined : { content: bytes.subarray(0, end), end };
}

function readChunks(bytes: Buffer): Body | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const [, digits] = /^([\da-f]{1,8})[ \t]*(?:;|$)/i.exec(bytes.toString('latin1', at, lineEnd)) ?? [];
    if (digits === undefined) throw new WrongAnswer('a chunk without a size');
    const start = lineEnd + 2;
    const end = start + Number.parseInt(digits, 16);
    if (end === start) {
      const trailerEnd = bytes.indexOf(HEAD_END, lineEnd);
      return trailerEnd === -1
        ? undefined
        : { content: Buffer.concat(chunks), end: trailerEnd + HEAD_END.length };
    }
    if (bytes.length < end + 2) return undefined;
    if (bytes.toString('latin1', end, end + 2) !== '\r\n')
      throw new WrongAnswer('a chunk longer than its size');
    chunks.push(bytes.subarray(start, end));
    at = end + 2;
  }
}

import type { Answer } from './answer.ts';

/** API Gateway will not have a post, for a reason that has nothing to do with the connection. */
export class RefusedPost extends Error {
  readonly status: number;

  constructor(status: number, name: string, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** `GoneException` of `GoneException:http://internal…`; undefined where there is none. */
export function typeOf({ headers }: Answer): string | undefined {
  return headers.get('x-amzn-errortype')?.split(':')[0];
}

/**
 * The error as API Gateway names and explains it. Only the first line of the explanation: that of a wrong signature goes on with what should have been
 * signed, which contains the session token.
 */
export function refusedPost(answer: Answer): RefusedPost {
  const { status } = answer;
  const { message, Message } = readBody(answer.body);
  const given = typeof message === 'string' ? message : typeof Message === 'string' ? Message : '';
  const line = given.split('\n')[0] ?? '';
  return new RefusedPost(
    status,
    typeOf(answer) ?? 'RefusedPost',
    line === '' ? `API Gateway answered ${status}` : line,
  );
}

function readBody(body: Buffer): { message?: unknown; Message?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/**
 * Milliseconds until the time of `Retry-After`, in either of its forms; none where there is none, or it says nothing.
 * Source: RFC 9110 section 10.2.3
 */
export function retryAfterOf({ headers }: Answer, now: number): { readonly retryAfter?: number } {
  const value = headers.get('retry-after');
  if (value === undefined) return {};
  const wait = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return wait > 0 ? { retryAfter: wait } : {};
}

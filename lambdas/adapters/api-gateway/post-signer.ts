import { createHmac, hash as digest } from 'node:crypto';

/** As Lambda sets them; a session token always comes with a role's. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What is the same for every post of one notification. */
export interface SignedBody {
  readonly bytes: Buffer;
  /** Hex SHA-256 of the bytes. */
  readonly hash: string;
}

export function signedBody(frame: string): SignedBody {
  const bytes = Buffer.from(frame);
  return { bytes, hash: digest('sha256', bytes) };
}

/** Headers of one signed post, `host` aside. */
export interface SignatureHeaders {
  readonly authorization: string;
  readonly 'x-amz-date': string;
  readonly 'x-amz-security-token'?: string;
}

const SERVICE = 'execute-api';
const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signature Version 4 of `POST …/@connections/{id}` with the fewest headers that can be signed. What does not depend on the connection is
 * made once: the body's hash for a notification, the key for a day and a set of credentials, the lines around the path for a second.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class PostSigner {
  readonly #host: string;
  readonly #region: string;
  /** The path of a connection without its id, as it stands in the text that is signed: encoded, and encoded once more. */
  readonly #canonicalPath: string;
  #moment: Moment | undefined;
  #key: { readonly of: string; readonly bytes: Buffer } | undefined;

  /** `stagePath`: of the callback URL, without a slash at its end; empty when there is none. */
  constructor(endpoint: { readonly host: string; readonly stagePath: string; readonly region: string }) {
    this.#host = endpoint.host;
    this.#region = endpoint.region;
    this.#canonicalPath = `${encodePath(endpoint.stagePath)}/%40connections/`;
  }

  /** `encodedId`: the connection id as {@link encodeConnectionId} writes it. `now`: epoch milliseconds. */
  sign(encodedId: string, bodyHash: string, credentials: SigningCredentials, now: number): SignatureHeaders {
    const moment = this.#momentOf(Math.floor(now / 1000), credentials);
    // Only "%" is in it that has to be encoded once more.
    const id = encodedId.replaceAll('%', '%25');
    const request = digest('sha256', `${moment.beforeId}${id}${moment.afterId}${bodyHash}`);
    const signature = createHmac('sha256', moment.key)
      .update(`${moment.stringToSign}${request}`)
      .digest('hex');
    const authorization = `${moment.authorization}${signature}`;
    const {
      date,
      credentials: { sessionToken },
    } = moment;
    return sessionToken === undefined
      ? { authorization, 'x-amz-date': date }
      : { authorization, 'x-amz-date': date, 'x-amz-security-token': sessionToken };
  }

  /** The lines that are the same within a second, as long as the credentials are. */
  #momentOf(second: number, credentials: SigningCredentials): Moment {
    const known = this.#moment;
    if (known?.second === second && isSame(known.credentials, credentials)) return known;
    const date = new Date(second * 1000).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const day = date.slice(0, 8);
    const scope = `${day}/${this.#region}/${SERVICE}/aws4_request`;
    const { accessKeyId, sessionToken } = credentials;
    const names = sessionToken === undefined ? 'host;x-amz-date' : 'host;x-amz-date;x-amz-security-token';
    const tokenLine = sessionToken === undefined ? '' : `x-amz-security-token:${sessionToken}\n`;
    this.#moment = {
      second,
      date,
      credentials,
      key: this.#keyOf(day, credentials),
      beforeId: `POST\n${this.#canonicalPath}`,
      afterId: `\n\nhost:${this.#host}\nx-amz-date:${date}\n${tokenLine}\n${names}\n`,
      stringToSign: `${ALGORITHM}\n${date}\n${scope}\n`,
      authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=`,
    };
    return this.#moment;
  }

  #keyOf(day: string, { secretAccessKey }: SigningCredentials): Buffer {
    const of = `${day} ${secretAccessKey}`;
    if (this.#key?.of !== of) {
      const parts = [day, this.#region, SERVICE, 'aws4_request'];
      const bytes = parts.reduce<Buffer>(
        (key, part) => createHmac('sha256', key).update(part).digest(),
        Buffer.from(`AWS4${secretAccessKey}`),
      );
      this.#key = { of, bytes };
    }
    return this.#key.bytes;
  }
}

interface Moment {
  readonly second: number;
  /** Of that second, as `x-amz-date` has it. */
  readonly date: string;
  readonly credentials: SigningCredentials;
  readonly key: Buffer;
  /** Of the request as it is signed, around the id of the connection; the body's hash follows. */
  readonly beforeId: string;
  readonly afterId: string;
  readonly stringToSign: string;
  readonly authorization: string;
}

function isSame(one: SigningCredentials, other: SigningCredentials): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.secretAccessKey === other.secretAccessKey &&
    one.sessionToken === other.sessionToken
  );
}

/** A connection id as it stands in the path of a request. Source: RFC 3986 section 2.3, as AWS reads it. */
export function encodeConnectionId(connectionId: string): string {
  return encodeURIComponent(connectionId).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodePath(path: string): string {
  return path.split('/').map(encodeConnectionId).join('/');
}

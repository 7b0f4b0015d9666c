import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeConnectionId,
  PostSigner,
  type SigningCredentials,
  signedBody,
} from '../../../../lambdas/adapters/api-gateway/post-signer.ts';

const HOST = 'abc123.execute-api.sa-east-1.amazonaws.com';
const REGION = 'sa-east-1';
const endpoint = { host: HOST, stagePath: '/prod', region: REGION };

/** What `@smithy/signature-v4` wants for a hash; the SDK brings its own of the same kind. */
class Sha256 {
  readonly #hash: { update(data: string | Uint8Array): unknown; digest(): Buffer };

  constructor(key?: string | Uint8Array) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

/** The headers that the SDK's own signer makes for the same request. */
async function bySdk(
  connectionId: string,
  body: string,
  credentials: SigningCredentials,
  now: number,
  stagePath = endpoint.stagePath,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: 'execute-api',
    region: REGION,
    credentials,
    sha256: Sha256 as never,
    applyChecksum: false,
  });
  const { headers } = (await signer.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname: HOST,
      path: `${stagePath}/@connections/${encodeConnectionId(connectionId)}`,
      query: {},
      headers: { host: HOST },
      body,
    } as never,
    { signingDate: new Date(now) },
  )) as unknown as { headers: Record<string, string> };
  const { host: _, ...signed } = headers;
  return signed;
}

const credentials: SigningCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJH',
};

describe('a signed post', () => {
  it('is signed byte for byte as the SDK signs it, whatever the connection, the body, the time and the credentials', async () => {
    const signer = new PostSigner(endpoint);
    const token = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'AZaz09+/=') });
    await fc.assert(
      fc.asyncProperty(
        fc
          .oneof(
            fc.base64String({ minLength: 16, maxLength: 16 }),
            fc.string({ minLength: 1, maxLength: 24, unit: 'grapheme-ascii' }),
          )
          .filter((id) => id !== '.' && id !== '..' && !id.includes('/')),
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        fc.record({ accessKeyId: token, secretAccessKey: token }),
        fc.option(token, { nil: undefined }),
        async (connectionId, body, date, keys, sessionToken) => {
          const given = { ...keys, ...(sessionToken !== undefined && { sessionToken }) };
          const now = date.getTime();
          const own = signer.sign(encodeConnectionId(connectionId), signedBody(body).hash, given, now);
          expect(own).toEqual(await bySdk(connectionId, body, given, now));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('notices the next second, the next day and other credentials', async () => {
    const signer = new PostSigner(endpoint);
    const { hash } = signedBody('frame');
    const midnight = Date.parse('2026-11-24T23:59:59.500Z');
    const changes: [number, SigningCredentials][] = [
      [midnight, credentials],
      [midnight + 400, credentials],
      [midnight + 600, credentials],
      [midnight + 600, { ...credentials, sessionToken: 'another' }],
      [midnight + 600, { ...credentials, secretAccessKey: 'another' }],
      [midnight, { ...credentials, accessKeyId: 'ANOTHER' }],
    ];
    for (const [now, given] of changes) {
      expect(signer.sign('abc%3D', hash, given, now)).toEqual(await bySdk('abc=', 'frame', given, now));
    }
  });

  it.each(['', '/prod', '/a-stage/v_1'])('is right under the path "%s"', async (stagePath) => {
    const signer = new PostSigner({ ...endpoint, stagePath });
    const own = signer.sign('abc%3D', signedBody('frame').hash, credentials, 1_800_000_000_000);
    expect(own).toEqual(await bySdk('abc=', 'frame', credentials, 1_800_000_000_000, stagePath));
  });
});

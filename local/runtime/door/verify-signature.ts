import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../aws-answer.ts';
import type { Caller, Iam } from '../iam.ts';
import { canonicalRequest } from './canonical-request.ts';

export interface Verified {
  readonly accessKeyId: string;
  readonly caller: Caller;
  readonly service: string;
}

const authorization =
  /^AWS4-HMAC-SHA256 +Credential=([^/ ,]+)\/(\d{8})\/([^/ ,]+)\/([^/ ,]+)\/aws4_request, *SignedHeaders=([^ ,]+), *Signature=([0-9a-f]{64})$/;

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const clockSkewInMilliseconds = 15 * 60_000;

/** The service that a request says it is signed for, not verified: in whose form to refuse it. */
export function claimedService(request: IncomingMessage): string {
  const [, service] =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  return service ?? (request.headers['x-amz-target'] ? 'dynamodb' : 'execute-api');
}

/**
 * Verifies Signature Version 4 in the Authorization header, against the keys that {@link Iam} has issued.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export function createSignatureVerifier(iam: Pick<Iam, 'callerOf'>, region: string) {
  const derivedKeys = new Map<string, Buffer>();

  function signingKey(secret: string, date: string, service: string): Buffer {
    const cacheKey = `${date}/${service}/${secret}`;
    let key = derivedKeys.get(cacheKey);
    if (!key) {
      const dated = hmac(`AWS4${secret}`, date);
      key = hmac(hmac(hmac(dated, region), service), 'aws4_request');
      derivedKeys.set(cacheKey, key);
    }
    return key;
  }

  /** @throws AwsError with the code that the service gives the failure. */
  return function verify(request: IncomingMessage, body: Buffer): Verified {
    const header = request.headers.authorization;
    if (!header) throw missingToken(claimedService(request));
    const [, keyId = '', date = '', scopeRegion = '', service = '', headerList = '', signature = ''] =
      authorization.exec(header) ?? [];
    if (!signature) {
      const message = 'The Authorization header is not of the form of AWS4-HMAC-SHA256.';
      throw new AwsError('IncompleteSignatureException', message, statusOf(claimedService(request)));
    }
    const known = iam.callerOf(keyId);
    if (!known || (request.headers['x-amz-security-token'] ?? undefined) !== known.key.sessionToken) {
      throw unknownKey(service);
    }
    if (scopeRegion !== region) {
      throw badSignature(service, `Credential should be scoped to a valid region, not '${scopeRegion}'.`);
    }
    const signedHeaders = headerList.split(';');
    const longDate = String(request.headers['x-amz-date'] ?? '');
    if (!signedHeaders.includes('host') || !signedHeaders.includes('x-amz-date')) {
      throw badSignature(
        service,
        "'Host' and 'X-Amz-Date' must be 'SignedHeaders' in the AWS Authorization.",
      );
    }
    checkClock(service, longDate, date);
    const hashed = createHash('sha256')
      .update(canonicalRequest(request, signedHeaders, body))
      .digest('hex');
    const stringToSign = `AWS4-HMAC-SHA256\n${longDate}\n${date}/${scopeRegion}/${service}/aws4_request\n${hashed}`;
    const expected = hmac(signingKey(known.key.secretAccessKey, date, service), stringToSign);
    if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw badSignature(service, mismatch);
    return { accessKeyId: keyId, caller: known.caller, service };
  };
}

function checkClock(service: string, longDate: string, date: string): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(longDate) ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signedAt) || !longDate.startsWith(date)) {
    throw badSignature(
      service,
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "${longDate}".`,
    );
  }
  const age = Date.now() - signedAt;
  if (age > clockSkewInMilliseconds)
    throw badSignature(service, `Signature expired: ${longDate} is more than 15 min. ago.`);
  if (age < -clockSkewInMilliseconds) {
    throw badSignature(service, `Signature not yet current: ${longDate} is more than 15 min. ahead.`);
  }
}

function statusOf(service: string): number {
  return service === 'dynamodb' || service === 'secretsmanager' ? 400 : 403;
}

function badSignature(service: string, message: string): AwsError {
  const code = service === 'sqs' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException';
  return new AwsError(code, message, statusOf(service));
}

function unknownKey(service: string): AwsError {
  const code = service === 'sqs' ? 'InvalidClientTokenId' : 'UnrecognizedClientException';
  return new AwsError(code, 'The security token included in the request is invalid.', statusOf(service));
}

function missingToken(service: string): AwsError {
  const message =
    service === 'execute-api' ? 'Missing Authentication Token' : 'Request is missing Authentication Token';
  return new AwsError('MissingAuthenticationTokenException', message, statusOf(service));
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

import { decodeJwt, errors, importSPKI, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { TokenRefused, type TokenVerifier, type VerifiedToken } from '../../ports/token-verifier.ts';
import { MAX_KEY_BYTES } from '../../protocol/limits.ts';
import type { TokenIssuer } from '../../protocol/token-issuer.ts';
import { remoteKeys } from './remote-keys.ts';

/** Clocks of issuers and of AWS differ by less; a token lives no longer than that past its `exp`. */
const CLOCK_TOLERANCE_IN_SECONDS = 5;

/** Whoever sends tokens with unknown keys must not make us ask the issuer for each of them. */
const KEY_COOLDOWN_IN_MILLISECONDS = 30_000;

export interface JwtVerifierOptions {
  /** Between two fetches of the same keys. @default 30000 */
  readonly keyCooldownInMilliseconds?: number;
}

interface TrustedIssuer {
  readonly settings: TokenIssuer;
  readonly keys: JWTVerifyGetKey;
}

/**
 * Verifies with `jose`: the token's own `iss` chooses the issuer, and everything else is what that issuer was configured
 * with. Keys fetched from a JWKS URL stay with the verifier, which lives as long as its environment.
 * Sources: RFC 7519 section 7.2, RFC 8725 sections 3.1 (algorithms) and 3.8 (issuer and key).
 */
export class JwtVerifier implements TokenVerifier {
  readonly #issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly #clock: Clock;

  constructor(
    issuers: readonly TokenIssuer[],
    clock: Clock,
    logger: Logger,
    options: JwtVerifierOptions = {},
  ) {
    const cooldown = options.keyCooldownInMilliseconds ?? KEY_COOLDOWN_IN_MILLISECONDS;
    this.#issuers = new Map(
      issuers.map((settings) => {
        const { jwksUrl, publicKey = '' } = settings;
        const keys =
          jwksUrl === undefined ? publicKeyOf(publicKey) : remoteKeys(jwksUrl, clock, logger, cooldown);
        return [settings.issuer, { settings, keys }];
      }),
    );
    this.#clock = clock;
  }

  async verify(token: string): Promise<VerifiedToken> {
    const { settings, keys } = this.#issuerOf(token);
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer: settings.issuer,
        audience: settings.audience,
        algorithms: [...settings.algorithms],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_IN_SECONDS,
        currentDate: new Date(this.#clock.now()),
      }));
    } catch (error) {
      throw verdictOn(error);
    }
    const userInfo =
      settings.userInfoClaim === undefined ? undefined : readInfo(payload, settings.userInfoClaim);
    return {
      tenant: readClaim(payload, settings.tenantClaim),
      user: readClaim(payload, settings.userClaim),
      tokenExpiresAt: readExpiry(payload),
      ...(userInfo !== undefined && { userInfo }),
    };
  }

  #issuerOf(token: string): TrustedIssuer {
    let issuer: string | undefined;
    try {
      issuer = decodeJwt(token).iss;
    } catch {
      throw new TokenRefused('it is no JWT');
    }
    const trusted = issuer === undefined ? undefined : this.#issuers.get(issuer);
    if (trusted === undefined) {
      throw new TokenRefused('its issuer ("iss") is none of the configured ones');
    }
    return trusted;
  }
}

function publicKeyOf(pem: string): JWTVerifyGetKey {
  const imported = new Map<string, ReturnType<typeof importSPKI>>();
  // Called after the algorithm has passed the allow-list, so the map stays as small as that list.
  return async ({ alg }) => {
    const key = imported.get(alg) ?? importSPKI(pem, alg);
    imported.set(alg, key);
    return await key;
  };
}

/** What these codes say is said about the token; any other failure is about us or about the issuer's server. */
const VERDICTS =
  /^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS)/;

/** Without `cause`: the errors of jose carry the claims, and whoever logs an error logs its cause. */
function verdictOn(error: unknown): unknown {
  return error instanceof errors.JOSEError && VERDICTS.test(error.code)
    ? new TokenRefused(`${error.code}: ${error.message}`)
    : error;
}

/** Tenant and user become part of the keys of rows: whoever has a longer name could be given none, and not be thrown out. */
function readClaim(payload: JWTPayload, name: string): string {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  // JSON can escape half of a surrogate pair, which no row can hold.
  if (
    typeof value === 'string' &&
    value !== '' &&
    value.isWellFormed() &&
    Buffer.byteLength(value) <= MAX_KEY_BYTES
  ) {
    return value;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return String(value);
  }
  throw new TokenRefused(
    `its claim "${name}" must be a string of 1 to ${MAX_KEY_BYTES} bytes or a whole number`,
  );
}

function readInfo(payload: JWTPayload, name: string): VerifiedToken['userInfo'] {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
  throw new TokenRefused(`its claim "${name}" must be an object, or be left out`);
}

/** Any number is a NumericDate, but one that cannot be counted to says nothing. Source: RFC 7519 section 2. */
function readExpiry({ exp = 0 }: JWTPayload): number {
  const expiry = Math.floor(exp);
  if (!Number.isSafeInteger(expiry)) {
    throw new TokenRefused('its expiry ("exp") is no time');
  }
  return expiry;
}

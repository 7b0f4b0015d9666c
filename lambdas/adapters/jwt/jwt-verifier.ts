import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  importSPKI,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Clock } from '../../ports/clock.ts';
import type { ConnectionIdentity } from '../../ports/connection-store.ts';
import { TokenRefused, type TokenVerifier } from '../../ports/token-verifier.ts';
import type { TokenIssuer } from '../../protocol/token-issuer.ts';

/** Clocks of issuers and of AWS differ by less; a token lives no longer than that past its `exp`. */
const CLOCK_TOLERANCE_IN_SECONDS = 5;

/** Well below the time the handshake may take. */
const KEY_REQUEST_TIMEOUT_IN_MILLISECONDS = 3_000;

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
 * with. Keys fetched from a JWKS URL stay with the verifier, which lives as long as its environment; an unknown `kid`
 * has them fetched again, at most every 30 seconds.
 * Sources: RFC 7519 section 7.2, RFC 8725 sections 3.1 (algorithms) and 3.8 (issuer and key).
 */
export class JwtVerifier implements TokenVerifier {
  readonly #issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly #clock: Clock;

  constructor(issuers: readonly TokenIssuer[], clock: Clock, options: JwtVerifierOptions = {}) {
    this.#issuers = new Map(
      issuers.map((settings) => [settings.issuer, { settings, keys: keysOf(settings, options) }]),
    );
    this.#clock = clock;
  }

  async verify(token: string): Promise<ConnectionIdentity> {
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
    return {
      tenant: readClaim(payload, settings.tenantClaim),
      user: readClaim(payload, settings.userClaim),
      tokenExpiresAt: Math.floor(payload.exp ?? 0),
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

function keysOf(issuer: TokenIssuer, options: JwtVerifierOptions): JWTVerifyGetKey {
  if (issuer.jwksUrl !== undefined) {
    return createRemoteJWKSet(new URL(issuer.jwksUrl), {
      timeoutDuration: KEY_REQUEST_TIMEOUT_IN_MILLISECONDS,
      cooldownDuration: options.keyCooldownInMilliseconds ?? KEY_COOLDOWN_IN_MILLISECONDS,
    });
  }
  const pem = issuer.publicKey ?? '';
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

function readClaim(payload: JWTPayload, name: string): string {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (typeof value === 'string' && value !== '') {
    return value;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return String(value);
  }
  throw new TokenRefused(`its claim "${name}" must be a non-empty string or a whole number`);
}

import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';

/** Well below the time the handshake may take. */
const REQUEST_TIMEOUT_IN_MILLISECONDS = 3_000;

/** After this the keys are fetched again: one that its issuer has withdrawn is trusted no longer than that. */
const FRESH_IN_MILLISECONDS = 10 * 60_000;

/** As long as the issuer cannot be reached, the keys it gave last are trusted for that long after it gave them. */
const KEPT_IN_MILLISECONDS = 6 * 60 * 60_000;

/** The tokens that come while the issuer cannot be reached must not each wait for it. */
const PAUSE_AFTER_FAILURE_IN_MILLISECONDS = 30_000;

/**
 * The keys of a JWKS URL: fetched once, and again every ten minutes; where that fails, those of the last time serve for up to six
 * hours, so that an issuer that is down keeps nobody out. An unknown `kid` has them fetched again too, once the last fetch
 * is longer ago than the cooldown, and is not believed while they cannot be had.
 */
export function remoteKeys(
  url: string,
  clock: Clock,
  logger: Logger,
  cooldownInMilliseconds: number,
): JWTVerifyGetKey {
  const address = new URL(url);
  let made: ReturnType<typeof createRemoteJWKSet> | undefined;
  // With the first token, not at a cold start: it loads what fetches, which takes more CPU than all else
  // that is imported, and clients with an app key have no token.
  const keySet = (): ReturnType<typeof createRemoteJWKSet> => {
    made ??= createRemoteJWKSet(address, {
      timeoutDuration: REQUEST_TIMEOUT_IN_MILLISECONDS,
      cooldownDuration: cooldownInMilliseconds,
      // How old they may be is decided here.
      cacheMaxAge: Number.POSITIVE_INFINITY,
    });
    return made;
  };
  let refreshAt = Number.NEGATIVE_INFINITY;
  let keptUntil = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    const now = clock.now();
    if (now < refreshAt) return;
    try {
      await keySet().reload();
      refreshAt = now + FRESH_IN_MILLISECONDS;
      keptUntil = now + KEPT_IN_MILLISECONDS;
    } catch (error) {
      if (now >= keptUntil) throw error;
      logger.error('keys-not-refreshed', error, { url });
      refreshAt = Math.min(now + PAUSE_AFTER_FAILURE_IN_MILLISECONDS, keptUntil);
    }
  }

  return async (header, token) => {
    await refresh();
    return await keySet()(header, token);
  };
}

import { JwtVerifier } from '../adapters/jwt/jwt-verifier.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { authorizeConnection } from '../use-cases/authorize-connection.ts';
import { readEnvironment } from './environment.ts';

export function composeAuthorize() {
  const { jwtIssuers, ...settings } = readEnvironment(['jwtIssuers', 'channelPattern', 'limits']);
  return authorizeConnection({ tokens: new JwtVerifier(jwtIssuers, systemClock, logger), logger, settings });
}

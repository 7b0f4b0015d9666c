import { JwtVerifier } from '../adapters/jwt/jwt-verifier.ts';
import { createSecretsClient, SecretsManagerAppSecret } from '../adapters/secrets/app-secret.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { authorizeChannel } from '../use-cases/authorize-channel.ts';
import { authorizeUser } from '../use-cases/authorize-user.ts';
import { readEnvironment } from './environment.ts';

export function composeChannelAuth() {
  const { appSecretArn, jwtIssuers, ...settings } = readEnvironment([
    'appSecretArn',
    'jwtIssuers',
    'appKey',
    'channelPattern',
    'allowedOrigins',
    'limits',
  ]);
  const deps = {
    tokens: new JwtVerifier(jwtIssuers, clock, logger),
    secret: new SecretsManagerAppSecret(createSecretsClient(), clock, appSecretArn),
    logger,
    settings,
  };
  return { authorizeChannel: authorizeChannel(deps), authorizeUser: authorizeUser(deps) };
}

import type { Deployment } from '../verify/deployment.ts';
import { masterKeyOf, type SecretValue } from './secret-value.ts';

/** What an API needs to publish to a deployment and to sign for it. */
export interface Credentials {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
  /** 32 bytes in base64. */
  readonly encryptionMasterKey: string;
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** Whether the secret before this one is valid too. */
  readonly rotating: boolean;
}

export function credentialsOf({ appId, appKey, url }: Deployment, value: SecretValue): Credentials {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return {
    appId,
    key: appKey,
    secret: value.secret,
    encryptionMasterKey: masterKeyOf(value),
    host: url.hostname,
    port: url.port === '' ? { http: 80, https: 443 }[scheme] : Number(url.port),
    scheme,
    rotating: value.previous !== undefined,
  };
}

/**
 * Lines for the .env of a Laravel API and its frontend.
 * Source: laravel/reverb `src/Console/Commands/InstallCommand.php`
 */
export function laravelEnvironment(credentials: Credentials): string {
  const { appId, key, secret, host, port, scheme } = credentials;
  return [
    'BROADCAST_CONNECTION=reverb',
    `REVERB_APP_ID=${quoted(appId)}`,
    `REVERB_APP_KEY=${quoted(key)}`,
    `REVERB_APP_SECRET=${quoted(secret)}`,
    `REVERB_HOST=${quoted(host)}`,
    `REVERB_PORT=${port}`,
    `REVERB_SCHEME=${scheme}`,
    '',
    `VITE_REVERB_APP_KEY="\${REVERB_APP_KEY}"`,
    `VITE_REVERB_HOST="\${REVERB_HOST}"`,
    `VITE_REVERB_PORT="\${REVERB_PORT}"`,
    `VITE_REVERB_SCHEME="\${REVERB_SCHEME}"`,
  ].join('\n');
}

export function describeCredentials(credentials: Credentials): string {
  const { appId, key, secret, encryptionMasterKey, host, port, scheme, rotating } = credentials;
  return `app id                 ${appId}
key                    ${key}
secret                 ${secret}
encryption master key  ${encryptionMasterKey}
host                   ${host}, port ${port}, ${scheme}
${rotating ? '\nA rotation is under way: the secret before this one is valid too, until "npm run keys -- --retire".\n' : ''}
For the .env of a Laravel API:

${laravelEnvironment(credentials)}

For encrypted channels, the master key goes as 'encryption_master_key_base64' into the options of the connection "reverb" in
config/broadcasting.php.`;
}

/** A value as vlucas/phpdotenv reads it back, whatever a secret consists of that was made by hand. */
function quoted(value: string): string {
  if (/^[\w.:/+=~-]+$/.test(value)) return value;
  return value.includes("'") ? `"${value.replaceAll(/[\\"$]/g, '\\$&')}"` : `'${value}'`;
}

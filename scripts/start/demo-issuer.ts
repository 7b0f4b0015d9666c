import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoIssuer } from '../../examples/dashboard/server/demo-token.ts';

/** The demo's login: the key it signs tokens with, and the settings that make a deployment trust it. */
export interface DemoLogin {
  readonly issuer: DemoIssuer;
  /** File of settings for `cdk synth -c settings=FILE`. */
  readonly settingsFile: string;
}

/** Makes the key pair on the first start and keeps it, so that tokens outlive a restart. */
export function prepareDemoLogin(directory: string): DemoLogin {
  const privateKey = keptPrivateKey(join(directory, 'demo-issuer.pem'));
  const issuer: DemoIssuer = {
    JwtPrivateKey: privateKey,
    JwtAlgorithm: 'ES256',
    JwtIssuer: 'https://demo.pregonero.test',
    JwtAudience: 'pregonero-demo',
    JwtTenantClaim: 'commerce_id',
    JwtUserClaim: 'sub',
  };
  const settings = {
    jwtIssuers: [
      {
        issuer: issuer.JwtIssuer,
        audience: issuer.JwtAudience,
        publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }),
        algorithms: [issuer.JwtAlgorithm],
        tenantClaim: issuer.JwtTenantClaim,
        userClaim: issuer.JwtUserClaim,
      },
    ],
  };
  const settingsFile = join(directory, 'settings.json');
  writeFileSync(settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  return { issuer, settingsFile };
}

/** PKCS#8 PEM of a P-256 key: ES256, RFC 7518 §3.4. */
function keptPrivateKey(file: string): string {
  const kept = readIfThere(file);
  if (kept !== undefined) {
    try {
      if (createPrivateKey(kept).asymmetricKeyDetails?.namedCurve === 'prime256v1') return kept;
    } catch {
      // Told below, like a key of another kind.
    }
    throw new Error(
      `${file} holds no P-256 private key (PKCS#8 PEM). Delete it, and the next start makes a new one.`,
    );
  }
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(file, privateKey, { mode: 0o600 });
  return privateKey;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

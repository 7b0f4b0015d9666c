import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../scripts/start/synthesize.ts';

/** A token issuer of the tests' own: what the deployment trusts, and the key only the tests hold. */
export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithm: 'RS256';
  readonly privateKey: string;
  readonly publicKey: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    assemblyDirectory: string;
    issuer: TestIssuer;
  }
}

/** Of this run alone: two runs side by side do not meet. */
const directory = join('.local', 'test', String(process.pid));

/** Synthesizes the app once for the whole run: the end-to-end tests execute what `cdk deploy` would deploy. */
export default async function setup(project: TestProject): Promise<() => void> {
  mkdirSync(directory, { recursive: true });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const issuer: TestIssuer = {
    issuer: 'https://issuer.test',
    audience: 'pregonero-test',
    algorithm: 'RS256',
    privateKey,
    publicKey,
  };
  const settings = join(directory, 'settings.json');
  writeFileSync(
    settings,
    JSON.stringify({
      jwtIssuers: [
        {
          issuer: issuer.issuer,
          audience: issuer.audience,
          publicKey,
          algorithms: [issuer.algorithm],
          tenantClaim: 'commerce_id',
          userClaim: 'sub',
        },
      ],
    }),
  );
  const assemblyDirectory = join(directory, 'cdk.out');
  await synthesize(settings, assemblyDirectory);
  project.provide('assemblyDirectory', assemblyDirectory);
  project.provide('issuer', issuer);
  return () => rmSync(directory, { recursive: true, force: true });
}

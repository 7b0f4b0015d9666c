import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach } from 'vitest';
import { JwtVerifier } from '../../lambdas/adapters/jwt/jwt-verifier.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { type AwsStandIn, startAwsStandIn } from '../setup/aws-stand-in.ts';
import { NOW } from './stores-world.ts';
import { tokenVerifierContract } from './token-verifier.ts';

let issuer: AwsStandIn;
afterEach(async () => {
  await issuer.stop();
});

tokenVerifierContract('with jose and a JWKS', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  let failing = false;
  issuer = await startAwsStandIn(() =>
    failing ? { status: 500 } : { status: 200, body: JSON.stringify({ keys: [jwk] }) },
  );
  const settings = {
    issuer: 'https://api.example',
    audience: 'pregonero',
    jwksUrl: `${issuer.endpoint}/jwks.json`,
    algorithms: ['ES256'],
    tenantClaim: 'commerce_id',
    userClaim: 'sub',
  };
  const claims = { iss: settings.issuer, aud: settings.audience, sub: '7', commerce_id: 12, exp: NOW + 60 };
  return {
    verifier: new JwtVerifier([settings], new VirtualClock(NOW * 1_000), new RecordingLogger()),
    token: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
    identity: { tenant: '12', user: '7', tokenExpiresAt: NOW + 60 },
    fail: () => {
      failing = true;
    },
  };
});

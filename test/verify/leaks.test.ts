import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../scripts/verify/report.ts';
import { verifyDeployment } from '../../scripts/verify/verification.ts';
import { type LeakyServer, startLeakyServer } from './leaky-server.ts';

let server: LeakyServer;
let results: readonly CheckResult[];

beforeAll(async () => {
  server = await startLeakyServer();
  results = await verifyDeployment(server.deployment);
});
afterAll(() => server?.stop());

const result = (title: string): CheckResult | undefined =>
  results.find((candidate) => candidate.title === title);

describe('a deployment that mixes up its tenants', () => {
  it('looks well to whoever asks only for deliveries', () => {
    for (const title of [
      'A stored notification reaches its tenant',
      'What the HTTP API publishes reaches its tenant',
    ]) {
      expect(result(title)?.outcome).toBe('passed');
    }
  });

  it.each([
    ['A forged signature is refused', 'it was accepted'],
    ['Another tenant hears nothing of it', 'it got a notification of the other tenant'],
    ['A token opens the channels of its tenant only', 'it answered 200'],
    ['A connection with a token stays with its tenant', 'it was accepted'],
  ])('is found out: %s', (title, came) => {
    expect(result(title)).toMatchObject({ outcome: 'failed', came: expect.stringContaining(came) });
    expect(result(title)).toMatchObject({ mend: expect.stringContaining('This is a leak between tenants.') });
  });

  it('is found out to greet whoever dials', () => {
    expect(result('An unknown key is refused')).toMatchObject({
      outcome: 'failed',
      came: expect.stringContaining('pusher:connection_established'),
    });
  });
});

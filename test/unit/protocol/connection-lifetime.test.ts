import { describe, expect, it } from 'vitest';
import {
  cameLater,
  expiryOf,
  mayOutliveToken,
  outlivesConnections,
} from '../../../lambdas/protocol/connection-lifetime.ts';

const connectedAt = 1_764_000_000_000;
const identity = (secondsLeft: number) => ({
  tenant: '12',
  user: '7',
  tokenExpiresAt: connectedAt / 1000 + secondsLeft,
});

describe('the expiry of a connection', () => {
  it('is a little past the two hours that API Gateway gives it', () => {
    const seconds = expiryOf(connectedAt, undefined) - connectedAt / 1000;
    expect(seconds).toBeGreaterThan(7200);
    expect(seconds).toBeLessThan(7200 + 3600);
  });

  it('is in whole seconds', () => {
    expect(Number.isInteger(expiryOf(connectedAt + 1, undefined))).toBe(true);
  });

  it('is that of its token when that comes first', () => {
    expect(expiryOf(connectedAt, identity(60))).toBe(connectedAt / 1000 + 60);
    expect(expiryOf(connectedAt, identity(100_000))).toBe(expiryOf(connectedAt, undefined));
  });

  it('needs somebody to close the connection only where the token does not outlast it', () => {
    expect(mayOutliveToken(connectedAt, identity(60))).toBe(true);
    expect(mayOutliveToken(connectedAt, identity(100_000))).toBe(false);
  });
});

describe('whom a notification is for', () => {
  const storedAt = 1_764_000_000;

  it('may still be connected for as long as a connection and its rows live, and not a second longer', () => {
    const lifetime = expiryOf(storedAt * 1000, undefined) - storedAt;
    expect(outlivesConnections(storedAt, storedAt + lifetime)).toBe(false);
    expect(outlivesConnections(storedAt, storedAt + lifetime + 1)).toBe(true);
  });

  it('is whoever was subscribed when it was stored, and in doubt whoever came at that time', () => {
    expect(cameLater(storedAt - 7_000, storedAt)).toBe(false);
    expect(cameLater(storedAt + 30, storedAt)).toBe(false);
    expect(cameLater(storedAt + 31, storedAt)).toBe(true);
  });
});

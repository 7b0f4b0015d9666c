import { beforeEach, describe, expect, it } from 'vitest';
import type { DenialStore } from '../../lambdas/ports/denial-store.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { NOW } from './stores-world.ts';

export function denialStoreContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<DenialStore>,
): void {
  describe(`a denial store: ${name}`, () => {
    let denials: DenialStore;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1_000);
      denials = await setUp(clock);
    });

    it('denies a user until then, and nobody else', async () => {
      expect(await denials.isUserDenied('7')).toBe(false);
      await denials.denyUser('7', NOW + 60);
      expect(await denials.isUserDenied('7')).toBe(true);
      expect(await denials.isUserDenied('77')).toBe(false);
      clock.advance(59_999);
      expect(await denials.isUserDenied('7')).toBe(true);
      clock.advance(1);
      expect(await denials.isUserDenied('7')).toBe(false);
    });

    it('denies a user for as long as the longest denial says', async () => {
      await denials.denyUser('7', NOW + 60);
      await denials.denyUser('7', NOW + 30);
      clock.advance(59_000);
      expect(await denials.isUserDenied('7')).toBe(true);
      await denials.denyUser('7', NOW + 90);
      clock.advance(30_000);
      expect(await denials.isUserDenied('7')).toBe(true);
    });

    it('denies one handshake a denial', async () => {
      expect(await denials.takeHandshakeDenial('chrome')).toBe(false);
      await denials.denyHandshake('chrome', NOW + 60);
      await denials.denyHandshake('chrome', NOW + 60);
      expect(await denials.takeHandshakeDenial('firefox')).toBe(false);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(true);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(true);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(false);
    });

    it('denies a handshake again that was denied before', async () => {
      await denials.denyHandshake('chrome', NOW + 60);
      await denials.takeHandshakeDenial('chrome');
      await denials.denyHandshake('chrome', NOW + 60);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(true);
    });

    it('denies as many of the handshakes that come at the same time as there are denials', async () => {
      await Promise.all(Array.from({ length: 3 }, () => denials.denyHandshake('chrome', NOW + 60)));
      const taken = await Promise.all(Array.from({ length: 8 }, () => denials.takeHandshakeDenial('chrome')));
      expect(taken.filter((denied) => denied)).toHaveLength(3);
    });

    it('denies no handshake once the time has come, and counts none of those denials again', async () => {
      await denials.denyHandshake('chrome', NOW + 60);
      await denials.denyHandshake('chrome', NOW + 60);
      clock.advance(60_000);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(false);
      await denials.denyHandshake('chrome', NOW + 120);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(true);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(false);
    });

    it('denies a handshake until the latest of its denials ends', async () => {
      await denials.denyHandshake('chrome', NOW + 30);
      await denials.denyHandshake('chrome', NOW + 60);
      clock.advance(59_000);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(true);
    });

    it('takes users and handshakes of the same name for different ones', async () => {
      await denials.denyUser('chrome', NOW + 60);
      expect(await denials.takeHandshakeDenial('chrome')).toBe(false);
    });
  });
}

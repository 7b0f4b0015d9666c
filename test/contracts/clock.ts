import { describe, expect, it } from 'vitest';
import type { Clock } from '../../lambdas/ports/clock.ts';

export function clockContract(name: string, clock: () => Clock): void {
  describe(`a clock: ${name}`, () => {
    it('counts milliseconds since 1970', () => {
      const now = clock().now();
      expect(Number.isInteger(now)).toBe(true);
      expect(new Date(now).getUTCFullYear()).toBeGreaterThanOrEqual(2025);
    });

    it('has gone on by at least as long as somebody has slept', async () => {
      const running = clock();
      const before = running.now();
      await running.sleep(20);
      // Timers of Node may fire within the millisecond before.
      expect(running.now() - before).toBeGreaterThanOrEqual(19);
    });

    it('wakes sleepers in the order of their times', async () => {
      const running = clock();
      const woken: string[] = [];
      await Promise.all([
        running.sleep(500).then(() => woken.push('late')),
        running.sleep(5).then(() => woken.push('early')),
      ]);
      expect(woken).toEqual(['early', 'late']);
    });
  });
}

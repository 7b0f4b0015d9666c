import { describe, expect, it } from 'vitest';
import { createLifecycle } from '../../../local/runtime/lifecycle.ts';

describe('what was begun is ended', () => {
  it('last begun first, each once, however often one stops', async () => {
    const lifecycle = createLifecycle();
    const log: string[] = [];
    for (const name of ['a', 'b']) {
      lifecycle.onStart(async () => void log.push(`start ${name}`));
      lifecycle.onStop(async () => void log.push(`stop ${name}`));
    }
    await lifecycle.start();
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  it('to the last, even when something fails to end, and that is told', async () => {
    const lifecycle = createLifecycle();
    const log: string[] = [];
    lifecycle.onStop(() => void log.push('first'));
    lifecycle.onStop(() => {
      throw new Error('stuck');
    });
    await expect(lifecycle.stop()).rejects.toMatchObject({
      errors: [expect.objectContaining({ message: 'stuck' })],
    });
    expect(log).toEqual(['first']);
  });
});

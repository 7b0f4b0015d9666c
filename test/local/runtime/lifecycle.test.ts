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

  it('by the first failure, and that is told once all has ended', async () => {
    const lifecycle = createLifecycle();
    const log: string[] = [];
    lifecycle.onStop(async () => void log.push('stop'));
    lifecycle.fail(new Error('gone'));
    lifecycle.fail(new Error('gone too'));
    expect(await lifecycle.ended).toEqual(new Error('gone'));
    expect(log).toEqual(['stop']);
  });

  it('by whoever asks for it, and then no failure is told', async () => {
    const lifecycle = createLifecycle();
    await lifecycle.stop();
    lifecycle.fail(new Error('too late'));
    expect(await lifecycle.ended).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { messageAllowance } from '../../../lambdas/use-cases/message-allowance.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** At the begin of ten seconds. */
const NOW = 1_764_000_000_000;

const listening = (now = NOW) => {
  const clock = new VirtualClock(now);
  const ask = messageAllowance(clock, 2);
  const say = (times: number, connectionId = 'a=') => {
    const allowances = Array.from({ length: times }, () => ask(connectionId));
    return allowances.filter((allowance) => allowance === 'allowed').length;
  };
  return { clock, ask, say };
};

describe('what a connection may say', () => {
  it('is as much at once as in ten seconds, and no more', () => {
    const { say } = listening();

    expect(say(21)).toBe(20);
  });

  it('is counted for each connection by itself', () => {
    const { say } = listening();
    say(21);

    expect(say(20, 'b=')).toBe(20);
  });

  it('is never twice as much around the turn of ten seconds', () => {
    const { clock, say } = listening(NOW + 9_999);
    expect(say(20)).toBe(20);

    clock.advance(1);

    expect(say(20)).toBe(0);
  });

  it('comes back little by little', () => {
    const { clock, say } = listening();
    say(20);

    clock.advance(10_000);
    expect(say(20)).toBe(0);
    clock.advance(5_000);
    expect(say(20)).toBe(10);
  });

  it('is all of it again after twenty seconds of silence', () => {
    const { clock, say } = listening();
    say(20);

    clock.advance(20_000);

    expect(say(21)).toBe(20);
  });

  it('is not used up by what was refused: who goes on too fast is served at the speed allowed', () => {
    const { clock, say } = listening();
    let served = 0;
    for (let tick = 0; tick < 600; tick++) {
      served += say(1);
      clock.advance(100);
    }

    expect(served).toBeGreaterThanOrEqual(110);
    expect(served).toBeLessThanOrEqual(140);
  });

  it('is told apart when it is exceeded for the first time in ten seconds', () => {
    const { clock, ask, say } = listening();
    say(20);

    expect([ask('a='), ask('a='), ask('b=')]).toEqual(['exceeded', 'still-exceeded', 'allowed']);
    clock.advance(10_000);
    expect([ask('a='), ask('a=')]).toEqual(['exceeded', 'still-exceeded']);
  });

  it('is kept in mind for the ten thousand connections that spoke last', () => {
    const { ask, say } = listening();
    say(20);
    for (let other = 0; other < 9_999; other++) ask(`${other}=`);
    expect(ask('a=')).toBe('exceeded');

    for (let other = 0; other < 10_000; other++) ask(`${other}=`);

    expect(ask('a=')).toBe('allowed');
  });
});

import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failureMessage } from '../../scripts/failure-message.ts';

function failureOf(...args: string[]): unknown {
  try {
    parseArgs({ args, options: { port: { type: 'string' } } });
  } catch (error) {
    return error;
  }
  throw new Error('There is nothing wrong with these arguments.');
}

describe('what a command says when it fails', () => {
  it.each([
    [['--prot'], "Unknown option '--prot'."],
    [['--port'], "Option '--port <value>' argument missing."],
    [['80'], "Unexpected argument '80'. This command does not take positional arguments."],
  ])('of %j is which option is wrong, and where to read of them', (args, sentence) => {
    expect(failureMessage(failureOf(...args), 'npm start')).toBe(
      `${sentence} "npm start -- --help" tells which options there are.`,
    );
  });

  it('of all else is what it says itself', () => {
    expect(failureMessage(new Error('--port is "x".'), 'npm start')).toBe('--port is "x".');
    expect(failureMessage('nothing', 'npm start')).toBe('nothing');
  });
});

import { describe, expect, it } from 'vitest';
import { parseKeysOptions } from '../../scripts/keys/keys-options.ts';

const outputs = ['--outputs', 'cdk-outputs.json'];

describe('the options of npm run keys', () => {
  it('say what to do, and with which deployment', () => {
    expect(parseKeysOptions([...outputs, '--show'])).toEqual({
      action: 'show',
      outputs: 'cdk-outputs.json',
      force: false,
      json: false,
    });
    expect(parseKeysOptions(['--rotate', '--force', '--json', '--region', 'sa-east-1', ...outputs])).toEqual({
      action: 'rotate',
      outputs: 'cdk-outputs.json',
      region: 'sa-east-1',
      force: true,
      json: true,
    });
    expect(parseKeysOptions(['--help'])).toBeUndefined();
  });

  it.each([
    [outputs, 'only one thing: --show, --rotate or --retire'],
    [[...outputs, '--rotate', '--retire'], 'only one thing: --show, --rotate or --retire'],
    [['--show'], '--outputs FILE is missing'],
    [[...outputs, '--show', '--force'], '--force goes with --rotate or --retire'],
    [[...outputs, '--delete'], "Unknown option '--delete'"],
  ])('refuse %j', (args, sentence) => {
    expect(() => parseKeysOptions(args)).toThrow(sentence);
  });
});

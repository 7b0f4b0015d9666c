import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, describe, expect, it } from 'vitest';
import { WrongConfiguration } from '../../lib/deployment-config.ts';
import { readSettings } from '../../lib/deployment-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'pregonero-settings-'));
afterAll(() => rmSync(directory, { recursive: true }));

const stages = {
  prod: { appId: 'p', limits: { maxConnections: 5, maxEventNameLength: 9 } },
  local: { appId: 'l' },
};

function read(context: object): unknown {
  return readSettings(new App({ context: { stages, stage: 'prod', ...context } }).node);
}

function file(content: string): string {
  const path = join(directory, 'settings.json');
  writeFileSync(path, content);
  return path;
}

describe('the settings', () => {
  it('are those of the stage, with its name', () => {
    expect(read({ stage: 'local' })).toEqual({ stage: 'local', appId: 'l' });
  });

  it('are overridden by those of a file, member by member', () => {
    const settings = file('{ "appKey": "k", "limits": { "maxConnections": null } }');
    expect(read({ settings })).toEqual({
      stage: 'prod',
      appId: 'p',
      appKey: 'k',
      limits: { maxConnections: null, maxEventNameLength: 9 },
    });
  });

  it('have lists replaced, not merged', () => {
    const settings = file('{ "allowedOrigins": ["b"] }');
    expect(read({ settings, stages: { prod: { allowedOrigins: ['a', 'c'] } } })).toEqual({
      stage: 'prod',
      allowedOrigins: ['b'],
    });
  });

  it.each([
    [{ stage: 'staging' }, 'stage is "staging"; allowed: a stage of cdk.json (prod, local).'],
    [{ stage: 'toString' }, 'stage is "toString"; allowed: a stage of cdk.json (prod, local).'],
    [
      { stages: undefined },
      'stages is missing in the context of cdk.json; allowed: an object, stage by stage.',
    ],
    [
      { stages: { prod: { stage: 'p' } } },
      'stage is "p" among the settings; allowed: on the command line only, -c stage=NAME.',
    ],
    [{ settings: '/nowhere.json' }, 'settings is "/nowhere.json"; allowed: a readable JSON file.'],
  ])('cannot be read from %j', (context, sentence) => {
    expect(() => read(context)).toThrow(new WrongConfiguration(sentence));
  });

  it.each(['{ "appId": ', '[]', '"text"'])('cannot be read from a file with %s', (content) => {
    expect(() => read({ settings: file(content) })).toThrow(/^settings is ".*settings\.json"; allowed: a /);
  });
});

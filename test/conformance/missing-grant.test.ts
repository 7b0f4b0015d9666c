import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial } from '../setup/raw-client.ts';

const directory = mkdtempSync(join(tmpdir(), 'pregonero-missing-grant-'));
let execution: TestExecution;

/** The deployment's own assembly, in which nobody may write a connection. */
beforeAll(async () => {
  cpSync(inject('assemblyDirectory'), directory, { recursive: true });
  const name = readdirSync(directory).find((file) => file.endsWith('-realtime.template.json')) as string;
  const template = readFileSync(join(directory, name), 'utf8');
  expect(template).toContain('"dynamodb:PutItem"');
  writeFileSync(join(directory, name), template.replaceAll('"dynamodb:PutItem"', '"dynamodb:DescribeTable"'));
  execution = await startExecution({ assemblyDirectory: directory });
});
afterAll(async () => {
  await execution?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('a grant missing from the template', () => {
  it('fails here as it would on AWS, naming function, action and resource', async () => {
    const url = `${execution.local.url.replace('http', 'ws')}/app/${execution.outputs.AppKey}`;

    await expect(dial(url)).rejects.toThrow(/Unexpected server response: 5\d\d/);

    expect(execution.logs.join('\n')).toMatch(
      /connect.*is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:.*[Cc]onnections/,
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChangedAssembly, changedAssembly } from '../setup/changed-assembly.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial } from '../setup/raw-client.ts';

let assembly: ChangedAssembly;
let execution: TestExecution;

/** The deployment's own assembly, in which nobody may write a connection. */
beforeAll(async () => {
  assembly = changedAssembly((template) =>
    template.replaceAll('"dynamodb:PutItem"', '"dynamodb:DescribeTable"'),
  );
  execution = await startExecution({ assemblyDirectory: assembly.directory });
});
afterAll(async () => {
  await execution?.stop();
  assembly?.remove();
});

describe('a grant missing from the template', () => {
  it('fails here as it would on AWS, naming function, action and resource', async () => {
    const url = execution.socketUrl;

    await expect(dial(url)).rejects.toThrow(/Unexpected server response: 5\d\d/);

    expect(execution.logs.join('\n')).toMatch(
      /connect.*is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:.*[Cc]onnections/,
    );
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface StackOf {
  readonly template: Record<string, unknown>;
  /** Names of stacks that come before it. */
  readonly after?: readonly string[];
  /** `aws://111122223333/eu-west-1` */
  readonly environment?: string;
}

/** A cloud assembly of these stacks, as `cdk synth` would write it; gone when the test is over. */
export async function assemblyOf(stacks: Record<string, StackOf>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'assembly-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const artifacts: Record<string, unknown> = {
    Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
  };
  for (const [
    name,
    { template, after = [], environment = 'aws://unknown-account/unknown-region' },
  ] of Object.entries(stacks)) {
    await writeFile(join(directory, `${name}.template.json`), JSON.stringify(template));
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment,
      properties: { templateFile: `${name}.template.json` },
      dependencies: after,
    };
  }
  await writeFile(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return directory;
}

/** The shortest way to one stack called `orders`. */
export function assemblyOfResources(
  Resources: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<string> {
  return assemblyOf({ orders: { template: { Resources, ...more } } });
}

/** Adds an asset to an assembly: a directory of these files, uploaded as `{name}.zip`. */
export async function addAsset(assembly: string, name: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(assembly, `asset.${name}`));
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(assembly, `asset.${name}`, file), content);
  }
  const assets = {
    files: {
      [name]: {
        source: { path: `asset.${name}`, packaging: 'zip' },
        destinations: { here: { bucketName: 'assets', objectKey: `${name}.zip` } },
      },
    },
  };
  await writeFile(join(assembly, `${name}.assets.json`), JSON.stringify(assets));
  const manifest = JSON.parse(await readFile(join(assembly, 'manifest.json'), 'utf8'));
  manifest.artifacts[`${name}.assets`] = {
    type: 'cdk:asset-manifest',
    properties: { file: `${name}.assets.json` },
  };
  await writeFile(join(assembly, 'manifest.json'), JSON.stringify(manifest));
}

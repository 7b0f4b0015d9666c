import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assets } from '../runtime/assets.ts';
import { inDependencyOrder } from './dependency-order.ts';
import type { Template } from './template.ts';

/** The place that the templates are written for, and that pseudo parameters name. */
export interface Environment {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

export interface CloudAssembly extends Environment {
  /** In an order in which each stack comes after the stacks it depends on. */
  readonly stacks: readonly AssemblyStack[];
  readonly assets: Assets;
}

export interface AssemblyStack {
  /** The name it is deployed under. */
  readonly name: string;
  readonly template: Template;
}

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  /** `aws://111122223333/eu-west-1`, either of which may be `unknown-…` */
  readonly environment?: string;
  readonly properties?: {
    readonly stackName?: string;
    readonly templateFile?: string;
    readonly file?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

/** What a template without a fixed environment runs in: CDK's default Region and the account of AWS's examples. */
const unknownEnvironment = { accountId: '123456789012', region: 'us-east-1' };

/** Artifacts that carry information for people and tools, and nothing that is deployed. */
const silentArtifacts = new Set(['cdk:tree', 'cdk:feature-flag-report']);

/**
 * Reads what `cdk synth` wrote.
 * Source: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
 *
 * @throws Error when there is no manifest, or when it holds an artifact that is not known.
 */
export async function loadCloudAssembly(directory: string): Promise<CloudAssembly> {
  const artifacts = await readArtifacts(directory);
  const stackIds = new Map<string, Artifact>();
  const paths = new Map<string, string>();
  for (const [id, artifact] of artifacts) {
    if (artifact.type === 'aws:cloudformation:stack') stackIds.set(id, artifact);
    else if (artifact.type === 'cdk:asset-manifest') await readAssets(directory, artifact, paths);
    else if (!silentArtifacts.has(artifact.type)) {
      throw new Error(
        `Artifact "${id}" of ${directory} is of type ${artifact.type}, which is not supported; supported are stacks and their assets.`,
      );
    }
  }
  const order = inDependencyOrder(
    stackIds.keys(),
    (id) => stackIds.get(id)?.dependencies?.filter((dependency) => stackIds.has(dependency)) ?? [],
  );
  return {
    stacks: await Promise.all(order.map((id) => readStack(directory, id, stackIds.get(id)))),
    assets: { pathOf: (objectKey) => assetPath(directory, objectKey, paths) },
    ...environmentOf([...stackIds.values()]),
  };
}

async function readArtifacts(directory: string): Promise<Map<string, Artifact>> {
  const file = join(directory, 'manifest.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error(`There is no cloud assembly in ${directory}; write one with "npx cdk synth".`, { cause });
  }
  const manifest = JSON.parse(text) as { artifacts?: Record<string, Artifact> };
  return new Map(Object.entries(manifest.artifacts ?? {}));
}

async function readStack(
  directory: string,
  id: string,
  artifact: Artifact | undefined,
): Promise<AssemblyStack> {
  const file = artifact?.properties?.templateFile;
  if (!file) throw new Error(`Stack "${id}" of ${directory} has no templateFile.`);
  return { name: artifact.properties?.stackName ?? id, template: await readJson<Template>(directory, file) };
}

async function readAssets(directory: string, artifact: Artifact, paths: Map<string, string>): Promise<void> {
  const file = artifact.properties?.file;
  if (!file) return;
  const manifest = await readJson<AssetManifest>(directory, file);
  const [image] = Object.keys(manifest.dockerImages ?? {});
  if (image) throw new Error(`${file} has the container image ${image}; container images are not supported.`);
  for (const asset of Object.values(manifest.files ?? {})) {
    for (const { objectKey } of Object.values(asset.destinations)) {
      if (asset.source.path) paths.set(objectKey, join(directory, asset.source.path));
    }
  }
}

function assetPath(directory: string, objectKey: string, paths: ReadonlyMap<string, string>): string {
  const path = paths.get(objectKey);
  if (!path) throw new Error(`${directory} has no asset with the object key ${objectKey}.`);
  return path;
}

function environmentOf(stacks: readonly Artifact[]): Environment {
  const found = { accountId: new Set<string>(), region: new Set<string>() };
  for (const { environment } of stacks) {
    const [, accountId = '', region = ''] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(environment ?? '') ?? [];
    if (accountId !== 'unknown-account') found.accountId.add(accountId);
    if (region !== 'unknown-region') found.region.add(region);
  }
  for (const [what, values] of Object.entries(found)) {
    if (values.size > 1) {
      throw new Error(`The stacks have more than one ${what} (${[...values].join(', ')}); one is supported.`);
    }
  }
  const [region = unknownEnvironment.region] = found.region;
  const [accountId = unknownEnvironment.accountId] = found.accountId;
  const china = region.startsWith('cn-');
  return {
    accountId,
    region,
    partition: china ? 'aws-cn' : 'aws',
    urlSuffix: china ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
}

async function readJson<Content>(directory: string, file: string): Promise<Content> {
  return JSON.parse(await readFile(join(directory, file), 'utf8')) as Content;
}

import { readFileSync } from 'node:fs';
import type { Node } from 'constructs';
import { WrongConfiguration } from './deployment-config.ts';

type Settings = Readonly<Record<string, unknown>>;

/**
 * The settings as they were given: those of the stage in cdk.json (`-c stage=NAME`), over which the object in the
 * file of `-c settings=FILE.json` is laid.
 */
export function readSettings(node: Node): Settings {
  const stage: unknown = node.tryGetContext('stage');
  const stages: unknown = node.tryGetContext('stages');
  if (!isObject(stages)) {
    throw new WrongConfiguration(
      'stages is missing in the context of cdk.json; allowed: an object, stage by stage.',
    );
  }
  const ofStage = typeof stage === 'string' && Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (!isObject(ofStage)) {
    throw new WrongConfiguration(
      `stage is ${JSON.stringify(stage)}; allowed: a stage of cdk.json (${Object.keys(stages).join(', ')}).`,
    );
  }
  const file: unknown = node.tryGetContext('settings');
  const settings = typeof file === 'string' ? merge(ofStage, readFile(file)) : ofStage;
  if (Object.hasOwn(settings, 'stage')) {
    throw new WrongConfiguration(
      `stage is ${JSON.stringify(settings.stage)} among the settings; allowed: on the command line only, -c stage=NAME.`,
    );
  }
  return { ...settings, stage };
}

function readFile(path: string): Settings {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new WrongConfiguration(`settings is ${JSON.stringify(path)}; allowed: a readable JSON file.`, {
      cause,
    });
  }
  if (isObject(parsed)) return parsed;
  throw new WrongConfiguration(
    `settings is ${JSON.stringify(path)}; allowed: a file that holds a JSON object.`,
  );
}

/** Objects are merged member by member; everything else, lists too, is replaced. */
function merge(below: Settings, above: Settings): Settings {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = merged[name];
    merged[name] = isObject(under) && isObject(value) ? merge(under, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

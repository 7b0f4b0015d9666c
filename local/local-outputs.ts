import type { LocalExecution } from './execution-options.ts';
import type { AccessKey } from './runtime/iam.ts';
import type { World } from './runtime/world.ts';
import type { DeployedStack } from './template/deploy-assembly.ts';

/**
 * What `cdk deploy --outputs-file` would write, with addresses that answer on this machine, plus the `Local` stack:
 * what the person at the laptop needs to be an API that writes notifications and signs subscriptions.
 */
export function localOutputs(
  stacks: readonly DeployedStack[],
  world: World,
  operator: AccessKey,
): LocalExecution['outputs'] {
  const outputs: Record<string, Readonly<Record<string, string>>> = {};
  for (const { name, outputs: values } of stacks) {
    if (Object.keys(values).length === 0) continue;
    outputs[name] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, world.addresses.localize(value)]),
    );
  }
  outputs.Local = {
    DynamoDbEndpoint: world.door.origin,
    AccessKeyId: operator.accessKeyId,
    SecretAccessKey: operator.secretAccessKey,
    Region: world.region,
    ...appSecret(stacks, world),
  };
  return outputs;
}

function appSecret(stacks: readonly DeployedStack[], world: World): { AppSecret?: string } {
  const arn = stacks.map(({ outputs }) => outputs.AppSecretArn).find((value) => value !== undefined);
  if (arn === undefined) return {};
  const { secret } = JSON.parse(world.secrets.value(arn)) as { secret: string };
  return { AppSecret: secret };
}

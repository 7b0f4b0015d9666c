import type { DeployedStack } from './deploy-assembly.ts';

/**
 * The ARN of the queue whose logical id is or contains a name (`DeadLetter`): the hash that CDK appends does not count.
 * @throws Error when there is none, or more than one none of which is called exactly so
 */
export function queueArnByName(name: string, stacks: readonly DeployedStack[]): string {
  const queues = stacks
    .flatMap((stack) => stack.resources)
    .filter((resource) => resource.type === 'AWS::SQS::Queue')
    .map((queue) => ({ id: queue.logicalId.replace(/[0-9A-F]{8}$/, ''), arn: String(queue.attributes.Arn) }));
  const containing = queues.filter(({ id }) => id.includes(name));
  const [match, ...others] = containing.filter(({ id }) => id === name || containing.length === 1);
  if (match && others.length === 0) return match.arn;
  const known = queues.map(({ id }) => id).join(', ');
  throw new Error(`${containing.length} queues are called "${name}"; the template has ${known}.`);
}

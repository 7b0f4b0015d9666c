import type { DeployedStack } from './deploy-assembly.ts';

/**
 * The ARN of the queue whose logical id contains a name; of several the one with the shortest, so that `DeadLetter` is
 * the queue called so and not the `RetryDeadLetter` beside it. The hash that CDK appends does not count.
 * @throws Error when there is none, or when two are equally short
 */
export function queueArnByName(name: string, stacks: readonly DeployedStack[]): string {
  const queues = stacks
    .flatMap((stack) => stack.resources)
    .filter((resource) => resource.type === 'AWS::SQS::Queue')
    .map((queue) => ({ id: queue.logicalId.replace(/[0-9A-F]{8}$/, ''), arn: String(queue.attributes.Arn) }));
  const containing = queues.filter(({ id }) => id.includes(name)).sort((a, b) => a.id.length - b.id.length);
  const [first, second] = containing;
  if (first && first.id.length !== second?.id.length) return first.arn;
  const known = queues.map(({ id }) => id).join(', ');
  throw new Error(`${containing.length} queues are called "${name}"; the template has ${known}.`);
}

import { physicalName } from './physical-name.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * Policies that say what every caller here keeps to in any case: nothing but TLS, which a loopback address stands in
 * for. Any other statement is refused, since nobody would ask it.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html
 */
export const sqsQueuePolicy: ResourceSupport = {
  type: 'AWS::SQS::QueuePolicy',
  properties: { PolicyDocument: 'executed', Queues: 'executed' },
  create: (resource) => {
    const properties = readProperties(resource);
    properties.strings('Queues');
    properties.object('PolicyDocument').objects('Statement').forEach(checkStatement);
    return { ref: physicalName(resource, 128), attributes: { Id: physicalName(resource, 128) } };
  },
};

function checkStatement(statement: PropertyReader, index: number): void {
  const { Effect, Principal, Condition } = statement.properties;
  const deniesAll = Effect === 'Deny' && (isAll(Principal) || isAll((Principal as { AWS?: unknown })?.AWS));
  const condition = JSON.stringify(Condition) ?? '';
  if (deniesAll && /^\{"Bool":\{"aws:SecureTransport":\[?"?false"?\]?\}\}$/.test(condition)) return;
  const name = statement.optionalString('Sid') ?? `number ${index + 1}`;
  throw new Error(
    `PolicyDocument has the statement ${name} (${JSON.stringify(statement.properties)}); supported is the one that denies everybody everything without aws:SecureTransport`,
  );
}

function isAll(principal: unknown): boolean {
  return principal === '*';
}

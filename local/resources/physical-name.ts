import { createHash } from 'node:crypto';
import type { TemplateResource } from './resource-support.ts';

const suffixLength = 12;

/**
 * The name CloudFormation gives a resource that is not named in the template: stack, logical id and a suffix, cut to
 * what the service allows. The suffix is random on AWS and derived here, so that a restart gives the same names.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export function physicalName(resource: TemplateResource, maxLength: number): string {
  const room = maxLength - suffixLength - 2;
  const logicalId = resource.logicalId.slice(0, Math.max(Math.ceil(room / 2), room - resource.stack.length));
  const stack = resource.stack.slice(0, room - logicalId.length);
  return `${stack}-${logicalId}-${suffixOf(resource, suffixLength)}`;
}

/** Letters and digits in capitals that stand for this resource and no other. */
export function suffixOf(
  { stack, logicalId }: Pick<TemplateResource, 'stack' | 'logicalId'>,
  length: number,
): string {
  const digest = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex');
  return BigInt(`0x${digest}`).toString(36).toUpperCase().slice(0, length);
}

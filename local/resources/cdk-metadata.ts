import { physicalName } from './physical-name.ts';
import type { ResourceSupport } from './resource-support.ts';

/** CDK's own statistics of which constructs are used. */
export const cdkMetadata: ResourceSupport = {
  type: 'AWS::CDK::Metadata',
  properties: { Analytics: 'inert' },
  create: (resource) => ({ ref: physicalName(resource, 128), attributes: {} }),
};

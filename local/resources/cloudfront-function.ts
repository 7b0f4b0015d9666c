import { compileEdgeFunction } from '../runtime/edge/compile-edge-function.ts';
import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_CODE_BYTES = 10_240;

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-function.html */
export const cloudFrontFunction: ResourceSupport = {
  type: 'AWS::CloudFront::Function',
  properties: {
    AutoPublish: 'executed',
    FunctionCode: 'executed',
    FunctionConfig: { Comment: 'inert', Runtime: 'executed' },
    FunctionMetadata: 'inert',
    Name: 'executed',
    Tags: 'inert',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    if (properties.optionalBoolean('AutoPublish') !== true)
      throw new Error('AutoPublish is not true; supported are functions that publish themselves');
    const runtime = properties.object('FunctionConfig').oneOf('Runtime', ['cloudfront-js-2.0']);
    if (runtime === undefined)
      throw new Error('FunctionConfig.Runtime is missing; expected cloudfront-js-2.0');
    const name = properties.optionalString('Name') ?? physicalName(resource, 64);
    const code = properties.string('FunctionCode');
    if (Buffer.byteLength(code) > MAX_CODE_BYTES)
      throw new Error(
        `FunctionCode has ${Buffer.byteLength(code)} bytes; expected at most ${MAX_CODE_BYTES}`,
      );
    const arn = `arn:${world.partition}:cloudfront::${world.accountId}:function/${name}`;
    world.edgeFunctions.publish(
      arn,
      compileEdgeFunction(name, code, (line) => world.logs.write(name, line)),
    );
    return { ref: arn, attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' } };
  },
};

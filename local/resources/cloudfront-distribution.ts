import { type CacheBehavior, createDistribution } from '../runtime/edge/create-distribution.ts';
import { mayBeCustomHeader } from '../runtime/edge/custom-header.ts';
import {
  CACHING_DISABLED,
  managedOriginRequestPolicies,
  type Origin,
  type OriginRequestPolicy,
  withoutPolicy,
} from '../runtime/edge/origin-request.ts';
import { compilePathPattern } from '../runtime/edge/path-pattern.ts';
import type { EdgeFunction } from '../runtime/edge-functions.ts';
import type { World } from '../runtime/world.ts';
import { suffixOf } from './physical-name.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { PropertySupports, ResourceSupport } from './resource-support.ts';

const behaviorProperties: PropertySupports = {
  AllowedMethods: 'executed',
  CachedMethods: 'inert',
  CachePolicyId: 'executed',
  // Only what is cached is compressed, and nothing is.
  Compress: 'inert',
  FunctionAssociations: { EventType: 'executed', FunctionARN: 'executed' },
  OriginRequestPolicyId: 'executed',
  TargetOriginId: 'executed',
  // There is no TLS here, so that every request counts as one that has it.
  ViewerProtocolPolicy: 'inert',
};

/** The sets of methods that there are. Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html */
const methodSets = ['GET HEAD', 'GET HEAD OPTIONS', 'DELETE GET HEAD OPTIONS PATCH POST PUT'];

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html */
export const cloudFrontDistribution: ResourceSupport = {
  type: 'AWS::CloudFront::Distribution',
  properties: {
    DistributionConfig: {
      Aliases: 'executed',
      CacheBehaviors: { ...behaviorProperties, PathPattern: 'executed' },
      Comment: 'inert',
      // How long errors are cached; only that.
      CustomErrorResponses: { ErrorCachingMinTTL: 'inert', ErrorCode: 'inert' },
      DefaultCacheBehavior: behaviorProperties,
      Enabled: 'executed',
      HttpVersion: 'inert',
      IPV6Enabled: 'inert',
      Origins: {
        ConnectionAttempts: 'inert',
        ConnectionTimeout: 'inert',
        CustomOriginConfig: {
          HTTPPort: 'inert',
          HTTPSPort: 'inert',
          OriginKeepaliveTimeout: 'inert',
          OriginProtocolPolicy: 'executed',
          OriginReadTimeout: 'executed',
          OriginSSLProtocols: 'inert',
        },
        DomainName: 'executed',
        Id: 'executed',
        OriginCustomHeaders: { HeaderName: 'executed', HeaderValue: 'executed' },
        OriginPath: 'executed',
      },
      PriceClass: 'inert',
      ViewerCertificate: 'inert',
    },
    Tags: 'inert',
  },
  create: async (resource, world) => {
    const config = readProperties(resource).object('DistributionConfig');
    if (config.optionalBoolean('Enabled') !== true)
      throw new Error('DistributionConfig.Enabled is not true; supported are distributions in service');
    const id = `E${suffixOf(resource, 13)}`;
    const domainName = `d${suffixOf(resource, 13).toLowerCase()}.cloudfront.net`;
    const origins = new Map(
      config.objects('Origins').map((origin) => [origin.string('Id'), readOrigin(origin, world)]),
    );
    const read = (behavior: PropertyReader, pattern: string): CacheBehavior =>
      readBehavior(behavior, pattern, origins, world);
    await createDistribution(
      {
        id,
        domainName,
        aliases: config.strings('Aliases'),
        behaviors: [
          ...config.objects('CacheBehaviors').map((each) => read(each, each.string('PathPattern'))),
          read(config.object('DefaultCacheBehavior'), '*'),
        ],
      },
      world,
    );
    return { ref: id, attributes: { Id: id, DomainName: domainName } };
  },
};

function readOrigin(properties: PropertyReader, world: World): Origin {
  const custom = properties.object('CustomOriginConfig');
  // API Gateway answers on HTTPS alone.
  if (custom.oneOf('OriginProtocolPolicy', ['https-only', 'match-viewer']) === undefined)
    throw new Error('CustomOriginConfig.OriginProtocolPolicy is missing; expected https-only');
  const domainName = properties.string('DomainName');
  const url = `https://${domainName}`;
  const address = world.addresses.localize(url);
  if (address === url)
    throw new Error(
      `the DomainName of an origin is ${JSON.stringify(domainName)}; supported are APIs of this assembly`,
    );
  return {
    id: properties.string('Id'),
    domainName,
    address,
    path: readPath(properties),
    customHeaders: properties.objects('OriginCustomHeaders').map(readCustomHeader),
    readTimeoutInSeconds: custom.optionalInteger('OriginReadTimeout', 1, 120) ?? 30,
  };
}

function readPath(properties: PropertyReader): string {
  const path = properties.optionalString('OriginPath') ?? '';
  if (path !== '' && (!path.startsWith('/') || path.endsWith('/')))
    throw new Error(
      `the OriginPath is ${JSON.stringify(path)}; expected one that begins with / and does not end with it`,
    );
  return path;
}

function readCustomHeader(header: PropertyReader): readonly [string, string] {
  const name = header.string('HeaderName');
  if (!mayBeCustomHeader(name))
    throw new Error(
      `the HeaderName ${JSON.stringify(name)} is one that CloudFront does not add; expected another header`,
    );
  return [name, header.string('HeaderValue')];
}

function readMethods(properties: PropertyReader, pattern: string): string[] {
  const methods = properties.strings('AllowedMethods');
  if (methods.length === 0) return ['GET', 'HEAD'];
  if (!methodSets.includes([...methods].sort().join(' ')))
    throw new Error(
      `the AllowedMethods of ${pattern} are ${methods.join(', ')}; expected GET and HEAD, or these and OPTIONS, or all seven`,
    );
  return methods;
}

function readBehavior(
  properties: PropertyReader,
  pattern: string,
  origins: ReadonlyMap<string, Origin>,
  world: World,
): CacheBehavior {
  const cachePolicy = properties.string('CachePolicyId');
  if (cachePolicy !== CACHING_DISABLED)
    throw new Error(
      `the CachePolicyId of ${pattern} is ${cachePolicy}; supported is ${CACHING_DISABLED}, Managed-CachingDisabled`,
    );
  const originId = properties.string('TargetOriginId');
  const origin = origins.get(originId);
  if (!origin)
    throw new Error(
      `the TargetOriginId of ${pattern} is ${originId}; expected one of ${[...origins.keys()].join(', ')}`,
    );
  const viewerRequest = readFunction(properties, pattern, world);
  return {
    matches: compilePathPattern(pattern),
    origin,
    policy: readPolicy(properties, pattern),
    allowedMethods: readMethods(properties, pattern),
    ...(viewerRequest && { viewerRequest }),
  };
}

function readPolicy(properties: PropertyReader, pattern: string): OriginRequestPolicy {
  const id = properties.optionalString('OriginRequestPolicyId');
  if (id === undefined) return withoutPolicy;
  const policy = managedOriginRequestPolicies.get(id);
  if (policy) return policy;
  const known = [...managedOriginRequestPolicies.keys()].join(' and ');
  throw new Error(
    `the OriginRequestPolicyId of ${pattern} is ${id}; supported are ${known} (Managed-AllViewer and Managed-AllViewerExceptHostHeader)`,
  );
}

function readFunction(properties: PropertyReader, pattern: string, world: World): EdgeFunction | undefined {
  const associations = properties.objects('FunctionAssociations');
  const other = associations.find((association) => association.string('EventType') !== 'viewer-request');
  if (other || associations.length > 1)
    throw new Error(
      `the FunctionAssociations of ${pattern} are not supported; supported is one viewer-request`,
    );
  const arn = associations[0]?.string('FunctionARN');
  if (arn === undefined) return undefined;
  const found = world.edgeFunctions.get(arn);
  if (!found) throw new Error(`the FunctionARN of ${pattern} is ${arn}; there is no such function`);
  return found;
}

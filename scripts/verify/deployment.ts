import type { DemoIssuer } from '../../examples/dashboard/server/demo-token.ts';
import { findOutput, type Outputs, OutputsUnusable, requireOutput } from '../outputs.ts';

/** What the outputs say about a deployment, local or on AWS. */
export interface Deployment {
  /** The edge: `https://…`, or `http://localhost:8080`. */
  readonly url: URL;
  readonly appId: string;
  readonly appKey: string;
  readonly appSecretArn: string;
  readonly notificationsTable: string;
  readonly region: string;
  readonly channelPattern: string;
  /** Only the local execution has it. */
  readonly local?: LocalAccess;
  /** Only where the outputs hold the key of an issuer that the deployment trusts. */
  readonly issuer?: DemoIssuer;
}

export interface LocalAccess {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly appSecret: string;
}

/** Throws {@link OutputsUnusable} with what is missing. */
export function readDeployment(outputs: Outputs, region?: string): Deployment {
  const required = (key: string): string => requireOutput(outputs, key);
  const appSecretArn = required('AppSecretArn');
  const url = required('Url');
  if (!URL.canParse(url))
    throw new OutputsUnusable(`The output Url is ${JSON.stringify(url)}, which is no URL.`);
  const local = localAccess(outputs);
  const issuer = issuerOf(outputs);
  return {
    url: new URL(url),
    appId: required('AppId'),
    appKey: required('AppKey'),
    appSecretArn,
    notificationsTable: required('NotificationsTable'),
    region: region ?? findOutput(outputs, 'Region') ?? regionOf(appSecretArn),
    channelPattern: required('ChannelPattern'),
    ...(local === undefined ? {} : { local }),
    ...(issuer === undefined ? {} : { issuer }),
  };
}

export function channelOfTenant({ channelPattern }: Deployment, tenant: string): string {
  return channelPattern.replace('{tenant}', tenant);
}

/** `ws://` or `wss://` of the edge, as a Pusher client dials it. */
export function clientUrl({ url }: Deployment, key: string): string {
  const scheme = url.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${url.host}/app/${key}?protocol=7&client=js&version=8.6.0&flash=false`;
}

function localAccess(outputs: Outputs): LocalAccess | undefined {
  const endpoint = findOutput(outputs, 'DynamoDbEndpoint');
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    accessKeyId: requireOutput(outputs, 'AccessKeyId'),
    secretAccessKey: requireOutput(outputs, 'SecretAccessKey'),
    appSecret: requireOutput(outputs, 'AppSecret'),
  };
}

function issuerOf(outputs: Outputs): DemoIssuer | undefined {
  const JwtPrivateKey = findOutput(outputs, 'JwtPrivateKey');
  if (JwtPrivateKey === undefined) return undefined;
  return {
    JwtPrivateKey,
    JwtAlgorithm: requireOutput(outputs, 'JwtAlgorithm'),
    JwtIssuer: requireOutput(outputs, 'JwtIssuer'),
    JwtAudience: requireOutput(outputs, 'JwtAudience'),
    JwtTenantClaim: requireOutput(outputs, 'JwtTenantClaim'),
    JwtUserClaim: requireOutput(outputs, 'JwtUserClaim'),
  };
}

/** `arn:aws:secretsmanager:us-east-1:123456789012:secret:…` */
function regionOf(secretArn: string): string {
  const region = secretArn.split(':')[3];
  if (region) return region;
  throw new OutputsUnusable(
    `The output AppSecretArn is ${JSON.stringify(secretArn)}, which names no Region; give --region.`,
  );
}

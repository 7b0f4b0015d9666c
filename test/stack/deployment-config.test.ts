import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseDeploymentConfig, WrongConfiguration } from '../../lib/deployment-config.ts';
import { everyOption, minimalSettings } from './synthesized-stacks.ts';

const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey);
const p256 = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const privateKey = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const issuer = {
  issuer: 'https://issuer.example.com',
  audience: 'pregonero',
  jwksUrl: 'https://issuer.example.com/jwks.json',
  algorithms: ['RS256'],
  tenantClaim: 'commerce_id',
};

function pem(key: ReturnType<typeof generateKeyPairSync>['publicKey']): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function complaintAbout(settings: object): string {
  try {
    parseDeploymentConfig({ ...minimalSettings, ...settings });
  } catch (error) {
    expect(error).toBeInstanceOf(WrongConfiguration);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('These settings were accepted.');
}

describe('what is completed', () => {
  it('lets a client join as many channels at once as it may be on', () => {
    const limits = { maxChannelsPerConnection: 201, maxClientMessagesPerSecond: 20 };
    expect(complaintAbout({ limits })).toMatch(
      /^limits is .+; allowed: maxClientMessagesPerSecond at least a tenth of maxChannelsPerConnection, since/,
    );
    expect(
      parseDeploymentConfig({
        ...minimalSettings,
        limits: { ...limits, maxChannelsPerConnection: 200 },
      }).limits.maxChannelsPerConnection,
    ).toBe(200);
  });

  it('fills in every default', () => {
    expect(parseDeploymentConfig(minimalSettings)).toEqual({
      ...minimalSettings,
      allowedOrigins: ['*'],
      jwtIssuers: [],
      limits: {
        maxConnections: null,
        maxConnectionsPerTenant: null,
        maxChannelsPerConnection: 100,
        maxChannelNameLength: 200,
        maxEventNameLength: 200,
        maxChannelsPerEvent: 100,
        maxEventsPerBatch: 100,
        maxEventDataBytes: 32_768,
        maxClientMessageBytes: 10_240,
        maxClientMessagesPerSecond: 20,
        maxClientEventsPerSecond: 10,
        maxMembersPerChannel: 100,
        maxUserInfoBytes: 1_024,
        maxApiRequestsPerSecond: null,
      },
      clientEvents: 'members',
      graceInSeconds: 3,
      cacheTimeToLiveInSeconds: 3_600,
      subscriptionCountIntervalInSeconds: null,
      denialInSeconds: 60,
      webhooks: [],
      activityTimeoutInSeconds: 120,
      notificationRetentionInDays: 7,
      logRetentionInDays: 30,
      throttling: { requestsPerSecond: 1_000, burst: 2_000, postsPerSecond: 10_000 },
      edge: { onlyWayIn: false },
      alarms: {},
      apiGatewayLogRole: 'create',
    });
  });

  it('keeps what is given, and completes the rest of an object', () => {
    const config = parseDeploymentConfig({
      ...minimalSettings,
      ...everyOption,
      limits: { maxConnections: 500 },
      jwtIssuers: [{ ...issuer, userInfoClaim: 'user_info' }],
    });
    expect(config.limits).toMatchObject({ maxConnections: 500, maxChannelsPerConnection: 100 });
    expect(config.jwtIssuers).toEqual([{ ...issuer, userClaim: 'sub', userInfoClaim: 'user_info' }]);
    expect(config.edge).toEqual(everyOption.edge);
    expect(config.alarms).toEqual(everyOption.alarms);
  });

  it.each([
    ['an RSA key', 'PS256', rsa],
    ['a key on the curve of its algorithm', 'ES256', p256],
    ['an Ed25519 key', 'EdDSA', pem(generateKeyPairSync('ed25519').publicKey)],
  ])('takes %s for %s', (_, algorithm, publicKey) => {
    const { jwksUrl: _unused, ...rest } = issuer;
    const given = { ...rest, algorithms: [algorithm], publicKey };
    expect(parseDeploymentConfig({ ...minimalSettings, jwtIssuers: [given] }).jwtIssuers).toHaveLength(1);
  });

  it.each(['private-commerce.{tenant}', 'private-{tenant}', 'private-shop.{tenant}.orders'])(
    'takes %s as a channel pattern',
    (channelPattern) => {
      expect(parseDeploymentConfig({ ...minimalSettings, channelPattern }).channelPattern).toBe(
        channelPattern,
      );
    },
  );
});

const { appKey: _, ...withoutAppKey } = minimalSettings;
const identifier = 'allowed: 1 to 64 letters, digits, "-" and "_".';
const pattern =
  'allowed: a channel name that begins with "private-" and has "{tenant}" once, at its end or before a dot.';
const host = 'allowed: a host, in which "*" stands for anything; no scheme, port or path.';
const algorithms =
  'allowed: an asymmetric algorithm: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519.';
const publicKey = 'allowed: a public key as SPKI PEM ("-----BEGIN PUBLIC KEY-----").';

/** Settings that are wrong, and the sentence about them. */
const wrong: readonly (readonly [object, string])[] = [
  [
    { stage: 'Prod_1' },
    'stage is "Prod_1"; allowed: 1 to 20 lower-case letters, digits and "-", a letter first.',
  ],
  [{ appId: 7 }, `appId is 7; ${identifier}`],
  [{ appKey: 'a key' }, `appKey is "a key"; ${identifier}`],
  [{ appKey: undefined }, `appKey is missing; ${identifier}`],
  [{ allowedOrigins: '*' }, 'allowedOrigins is "*"; allowed: a list of hosts.'],
  [{ allowedOrigins: [] }, 'allowedOrigins is []; allowed: at least one host; "*" allows every origin.'],
  [
    { allowedOrigins: ['*.example.com', 'https://example.com'] },
    `allowedOrigins.1 is "https://example.com"; ${host}`,
  ],
  [{ channelPattern: 'commerce.{tenant}' }, `channelPattern is "commerce.{tenant}"; ${pattern}`],
  [{ channelPattern: 'private-commerce.12' }, `channelPattern is "private-commerce.12"; ${pattern}`],
  [
    { channelPattern: 'private-{tenant}.{tenant}' },
    `channelPattern is "private-{tenant}.{tenant}"; ${pattern}`,
  ],
  [
    { channelPattern: 'private-cache-a.{tenant}' },
    `channelPattern is "private-cache-a.{tenant}"; ${pattern}`,
  ],
  [
    { jwtIssuers: issuer },
    `jwtIssuers is ${JSON.stringify(issuer).slice(0, 120)}…; allowed: a list of token issuers.`,
  ],
  [{ jwtIssuers: [issuer, issuer] }, 'allowed: each issuer once.'],
  [
    { jwtIssuers: [{ ...issuer, issuer: '' }] },
    'jwtIssuers.0.issuer is ""; allowed: the "iss" claim of its tokens, 1 to 512 characters.',
  ],
  [
    { jwtIssuers: [{ ...issuer, audience: undefined }] },
    'jwtIssuers.0.audience is missing; allowed: the "aud" claim of its tokens, 1 to 512 characters.',
  ],
  [
    { jwtIssuers: [{ ...issuer, jwksUrl: 'http://issuer.example.com/jwks.json' }] },
    'jwtIssuers.0.jwksUrl is "http://issuer.example.com/jwks.json"; allowed: an https URL.',
  ],
  [
    { jwtIssuers: [{ ...issuer, jwksUrl: 'jwks' }] },
    'jwtIssuers.0.jwksUrl is "jwks"; allowed: an https URL.',
  ],
  [{ jwtIssuers: [{ ...issuer, publicKey: rsa }] }, 'allowed: exactly one of jwksUrl and publicKey.'],
  [{ jwtIssuers: [{ ...issuer, publicKey: 'MIIB' }] }, `jwtIssuers.0.publicKey is "MIIB"; ${publicKey}`],
  [{ jwtIssuers: [{ ...issuer, publicKey: privateKey }] }, publicKey],
  [
    { jwtIssuers: [{ ...issuer, algorithms: [] }] },
    'jwtIssuers.0.algorithms is []; allowed: at least one algorithm.',
  ],
  [
    { jwtIssuers: [{ ...issuer, algorithms: ['HS256'] }] },
    `jwtIssuers.0.algorithms.0 is "HS256"; ${algorithms}`,
  ],
  [
    { jwtIssuers: [{ ...issuer, algorithms: ['none'] }] },
    `jwtIssuers.0.algorithms.0 is "none"; ${algorithms}`,
  ],
  [
    { jwtIssuers: [{ ...issuer, jwksUrl: undefined, publicKey: p256 }] },
    'jwtIssuers.0.jwksUrl is missing; allowed: an https URL.',
  ],
  [{ jwtIssuers: [withKey(p256, ['ES256', 'RS256'])] }, 'allowed: algorithms that the publicKey can verify.'],
  [{ jwtIssuers: [withKey(p256, ['ES384'])] }, 'allowed: algorithms that the publicKey can verify.'],
  [
    { jwtIssuers: [{ ...issuer, tenantClaim: '' }] },
    'jwtIssuers.0.tenantClaim is ""; allowed: the name of a claim, 1 to 64 characters.',
  ],
  [
    { jwtIssuers: [{ ...issuer, userClaim: 1 }] },
    'jwtIssuers.0.userClaim is 1; allowed: the name of a claim, 1 to 64 characters.',
  ],
  [
    { jwtIssuers: [{ ...issuer, userInfoClaim: '' }] },
    'jwtIssuers.0.userInfoClaim is ""; allowed: the name of a claim, 1 to 64 characters.',
  ],
  [
    { limits: { maxConnections: 0 } },
    'limits.maxConnections is 0; allowed: a whole number from 1 to 10000000, or null.',
  ],
  [
    { limits: { maxChannelsPerConnection: 1.5 } },
    'limits.maxChannelsPerConnection is 1.5; allowed: a whole number from 1 to 1000.',
  ],
  [
    { limits: { maxChannelNameLength: 201 } },
    'limits.maxChannelNameLength is 201; allowed: a whole number from 1 to 200.',
  ],
  [
    { limits: { maxEventNameLength: '200' } },
    'limits.maxEventNameLength is "200"; allowed: a whole number from 1 to 200.',
  ],
  [
    { limits: { maxChannelsPerEvent: 101 } },
    'limits.maxChannelsPerEvent is 101; allowed: a whole number from 1 to 100.',
  ],
  [
    { limits: { maxEventDataBytes: 65_537 } },
    'limits.maxEventDataBytes is 65537; allowed: a whole number from 1 to 65536.',
  ],
  [
    { limits: { maxClientMessageBytes: 32_769 } },
    'limits.maxClientMessageBytes is 32769; allowed: a whole number from 1 to 32768.',
  ],
  [
    { limits: { maxClientMessagesPerSecond: 0 } },
    'limits.maxClientMessagesPerSecond is 0; allowed: a whole number from 1 to 1000.',
  ],
  [
    { activityTimeoutInSeconds: 600 },
    'activityTimeoutInSeconds is 600; allowed: a whole number from 10 to 540.',
  ],
  [
    { notificationRetentionInDays: -1 },
    'notificationRetentionInDays is -1; allowed: a whole number from 1 to 3650.',
  ],
  [
    { logRetentionInDays: 10 },
    'logRetentionInDays is 10; allowed: days as CloudWatch Logs counts them: 1, 3, 5, 7, 14, 30,',
  ],
  [
    { throttling: { requestsPerSecond: 0 } },
    'throttling.requestsPerSecond is 0; allowed: a whole number from 1 to 100000.',
  ],
  [
    { throttling: { postsPerSecond: 499 } },
    'throttling.postsPerSecond is 499; allowed: a whole number from 500 to 1000000.',
  ],
  [{ throttling: { burst: null } }, 'throttling.burst is null; allowed: a whole number from 1 to 50000.'],
  [
    { edge: { ...everyOption.edge, domainName: 'https://ws.example.com' } },
    'edge.domainName is "https://ws.example.com"; allowed: a domain name in lower case.',
  ],
  [
    { edge: { domainName: 'ws.example.com' } },
    'edge is {"domainName":"ws.example.com","onlyWayIn":false}; allowed: domainName and certificateArn together, or neither.',
  ],
  [
    { edge: { certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1' } },
    'edge.certificateArn is "arn:aws:acm:eu-west-1:123456789012:certificate/1"; allowed: the ARN of an ACM certificate in us-east-1.',
  ],
  [
    { edge: { webAclArn: 'front' } },
    'edge.webAclArn is "front"; allowed: the ARN of a WAF web ACL of the CLOUDFRONT scope (us-east-1).',
  ],
  [{ edge: { onlyWayIn: 'yes' } }, 'edge.onlyWayIn is "yes"; allowed: true or false.'],
  [{ alarms: { email: 'ops' } }, 'alarms.email is "ops"; allowed: an e-mail address.'],
  [{ alarms: { topicArn: 'ops' } }, 'alarms.topicArn is "ops"; allowed: the ARN of an SNS topic.'],
  [{ apiGatewayLogRole: 'none' }, 'apiGatewayLogRole is "none"; allowed: "create" or "existing".'],
  [
    { edge: { domain: 'ws.example.com' } },
    'edge.domain is not a setting; allowed: domainName, certificateArn, webAclArn, onlyWayIn.',
  ],
  [{ edge: [] }, 'edge is []; allowed: an object with domainName, certificateArn, webAclArn, onlyWayIn.'],
];

function withKey(key: string, names: readonly string[]): object {
  const { jwksUrl: _jwksUrl, ...rest } = issuer;
  return { ...rest, publicKey: key, algorithms: names };
}

describe('what is refused', () => {
  it.each(wrong.map(([settings, sentence]) => ({ settings, sentence })))(
    '$sentence',
    ({ settings, sentence }) => {
      expect(complaintAbout(settings)).toContain(sentence);
    },
  );

  it('names a missing setting', () => {
    expect(() => parseDeploymentConfig(withoutAppKey)).toThrow(`appKey is missing; ${identifier}`);
  });

  it('names an unknown setting and those that exist', () => {
    expect(complaintAbout({ appSecret: 'geheim' })).toMatch(
      /^appSecret is not a setting; allowed: stage, appId, appKey, allowedOrigins, /,
    );
  });

  it('says everything that is wrong at once, one line each', () => {
    const complaint = complaintAbout({ appId: '', limits: { maxConnections: -1 }, colour: 'red' });
    expect(complaint.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'appId',
      'limits.maxConnections',
      'colour',
    ]);
  });

  it('refuses what a function could not be given in its environment', () => {
    const many = Array.from({ length: 8 }, (_unused, index) => ({
      ...withKey(rsa, ['RS256']),
      issuer: `issuer-${index}`,
    }));
    expect(complaintAbout({ jwtIssuers: many })).toMatch(
      /^jwtIssuers, allowedOrigins, limits, channelPattern and webhooks take \d+ bytes together; allowed: 3072, since/,
    );
  });

  // Lambda measures the environment as JSON, in which the quotes of a list are escaped.
  it('counts what is escaped in an environment', () => {
    const hosts = Array.from({ length: 360 }, () => 'a.b');
    expect(Buffer.byteLength(JSON.stringify(hosts))).toBeLessThan(2_200);
    expect(complaintAbout({ allowedOrigins: hosts })).toMatch(
      /take \d+ bytes together; allowed: 3072, since/,
    );
  });

  it('does not print more of a value than a reader needs', () => {
    expect(complaintAbout({ appKey: 'k'.repeat(500) }).length).toBeLessThan(250);
  });
});

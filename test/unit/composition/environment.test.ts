import { describe, expect, it } from 'vitest';
import {
  type Environment,
  readEnvironment,
  WrongEnvironment,
} from '../../../lambdas/composition/environment.ts';
import { environmentNames } from '../../../lambdas/environment-names.ts';
import { functionEnvironment } from '../../setup/function-environment.ts';

const names = Object.keys(environmentNames) as (keyof Environment)[];

function complaintAbout(name: keyof Environment, value: string | undefined): string {
  try {
    readEnvironment([name], { ...functionEnvironment, [environmentNames[name]]: value });
  } catch (error) {
    expect(error).toBeInstanceOf(WrongEnvironment);
    return (error as Error).message;
  }
  return 'none';
}

const changedJson = (name: keyof Environment, change: (value: never) => unknown): string => {
  const value = JSON.parse(functionEnvironment[environmentNames[name]] ?? '');
  return JSON.stringify(change(value as never));
};

const limitsWith = (change: object) => changedJson('limits', (limits: object) => ({ ...limits, ...change }));
const issuerWith = (change: object) =>
  changedJson('jwtIssuers', ([issuer]: [object]) => [{ ...issuer, ...change }]);

describe('the environment of a function', () => {
  it('is read whole when it is as the template sets it', () => {
    expect(readEnvironment(names, functionEnvironment)).toEqual({
      connectionsTable: 'connections',
      notificationsTable: 'notifications',
      appSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app',
      appId: 'app',
      appKey: 'key',
      allowedOrigins: ['*.example'],
      channelPattern: 'private-commerce.{tenant}',
      jwtIssuers: [expect.objectContaining({ issuer: 'https://api.example', algorithms: ['RS256'] })],
      activityTimeoutInSeconds: 120,
      limits: expect.objectContaining({ maxConnections: null, maxChannelsPerConnection: 100 }),
      notificationRetentionInSeconds: 604_800,
      clientEvents: 'members',
      graceInSeconds: 3,
      cacheTimeToLiveInSeconds: 3_600,
      subscriptionCountIntervalInSeconds: 0,
      denialInSeconds: 60,
      webhooks: [{ url: 'https://api.example/hooks' }],
      webhookQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/webhook',
      graceQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/grace',
      deliveryQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/delivery.fifo',
      postsPerSecond: 4_000,
      retryQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/retry.fifo',
      retryDeadLetterQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/retry-dead-letter.fifo',
      deadLetterQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/dead-letter',
      expiryQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/expiry',
      managementEndpoint: 'https://abc.execute-api.us-east-1.amazonaws.com/production',
    });
  });

  it('is asked only for what the function needs', () => {
    expect(readEnvironment(['appKey'], { APP_KEY: 'key' })).toEqual({ appKey: 'key' });
  });

  it.each(names)('says so when %s is missing', (name) => {
    expect(complaintAbout(name, undefined)).toMatch(
      new RegExp(`^The environment variable ${environmentNames[name]} is not set; allowed: .+\\. Deploy`),
    );
  });

  it.each(names)('says so when %s is empty', (name) => {
    expect(complaintAbout(name, '')).toMatch(
      new RegExp(`^The environment variable ${environmentNames[name]} is wrong: …?; allowed: .+\\. Deploy`),
    );
  });

  it('does not show what stands in a wrong setting of webhooks', () => {
    const given = { [environmentNames.webhooks]: '[{"url":"https://example.com/s3cret","headers":7}]' };
    expect(() => readEnvironment(['webhooks'], given)).toThrow(/^(?!.*s3cret).*WEBHOOKS is wrong/);
  });

  it('complains of everything that is wrong at once', () => {
    expect(() => readEnvironment(['appId', 'appKey'], {})).toThrow(/APP_ID is not set.*APP_KEY is not set/s);
  });

  it.each<[keyof Environment, string, string]>([
    ['connectionsTable', 'a', 'a; allowed: the name of a DynamoDB table'],
    ['appSecretArn', 'secret', 'secret; allowed: the ARN of a secret'],
    ['appKey', 'my key', 'my key; allowed: a text without spaces'],
    ['allowedOrigins', '*', '*; allowed: a JSON list of host globs'],
    ['allowedOrigins', '[]', '[]; allowed: at least one host glob'],
    ['allowedOrigins', '[1]', 'at 0: [1]; allowed: a host glob'],
    ['channelPattern', 'commerce.{tenant}', 'must begin with private-'],
    ['channelPattern', 'private-commerce', 'must contain {tenant} exactly once'],
    ['activityTimeoutInSeconds', '0', '0; allowed: a whole number of seconds, at least 1'],
    ['activityTimeoutInSeconds', '1.5', '1.5; allowed: a whole number'],
    ['limits', '{', '{; allowed: a JSON object of limits'],
    ['limits', limitsWith({ maxConnections: 0 }), 'at maxConnections:'],
    ['limits', limitsWith({ maxEventDataBytes: null }), 'at maxEventDataBytes:'],
    ['limits', limitsWith({ maxChannelNameLength: 201 }), 'allowed: a whole number from 1 to 200'],
    ['limits', limitsWith({ maxChannelsPerEvent: undefined }), 'at maxChannelsPerEvent:'],
    ['limits', limitsWith({ maxClientMessageBytes: '10240' }), 'allowed: a whole number, at least 1'],
    ['jwtIssuers', issuerWith({ algorithms: ['HS256'] }), 'at 0.algorithms.0:'],
    ['jwtIssuers', issuerWith({ algorithms: ['none'] }), 'allowed: an asymmetric algorithm'],
    ['jwtIssuers', issuerWith({ algorithms: [] }), 'allowed: at least one algorithm'],
    ['jwtIssuers', issuerWith({ jwksUrl: undefined }), 'allowed: either jwksUrl or publicKey'],
    ['jwtIssuers', issuerWith({ publicKey: '-----BEGIN PUBLIC KEY-----' }), 'either jwksUrl or publicKey'],
    ['jwtIssuers', issuerWith({ jwksUrl: undefined, publicKey: 'MII' }), 'allowed: an SPKI PEM'],
    ['jwtIssuers', issuerWith({ tenantClaim: '' }), 'at 0.tenantClaim:'],
    ['jwtIssuers', issuerWith({ userInfoClaim: '' }), 'at 0.userInfoClaim:'],
    ['jwtIssuers', changedJson('jwtIssuers', ([one]: [object]) => [one, one]), 'names each issuer once'],
    ['postsPerSecond', '0', '0; allowed: a whole number, at least 1'],
    ['postsPerSecond', '0.5', '0.5; allowed: a whole number'],
    ['retryQueueUrl', 'retry', 'retry; allowed: the URL of an SQS queue'],
    ['managementEndpoint', 'https://abc.example', 'the callback URL of the WebSocket stage, stage included'],
  ])('complains of %s when it is %s', (name, value, complaint) => {
    expect(complaintAbout(name, value)).toContain(complaint);
  });

  it('shows of a long value no more than its beginning', () => {
    const complaint = complaintAbout('limits', limitsWith({ maxConnections: 'x'.repeat(5_000) }));
    expect(complaint.length).toBeLessThan(500);
  });

  it('may trust no issuer at all', () => {
    expect(readEnvironment(['jwtIssuers'], { JWT_ISSUERS: '[]' })).toEqual({ jwtIssuers: [] });
  });
});

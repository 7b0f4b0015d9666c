import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { environmentOf, inWords, permissionsOf, resourcesOf } from './function-permissions.ts';
import { build, everyOption, synthesize } from './synthesized-stacks.ts';

const webhooks = [
  { url: 'https://api.example.com/webhooks' },
  { url: 'https://log.example.com/', events: ['client_event'], channelPrefix: 'private-' },
];
const publishers = ['broadcast', 'occupancy', 'settle'];
const without = synthesize();
const withThem = synthesize({ webhooks });

/** Logical ids of what is there with webhooks and not without them. */
function added(stack: 'data' | 'realtime' | 'edge' | 'monitoring'): string[] {
  const before = without[stack].toJSON().Resources as object;
  const after = withThem[stack].toJSON().Resources as object;
  expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
  return Object.keys(after)
    .filter((id) => !Object.hasOwn(before, id))
    .map((id) => id.replace(/[0-9A-F]{8}$/, ''))
    .sort();
}

function queue(id: string): Readonly<Record<string, unknown>> {
  const queues = Object.entries(resourcesOf(withThem.realtime, 'AWS::SQS::Queue'));
  return queues.find(([logicalId]) => logicalId.replace(/[0-9A-F]{8}$/, '') === id)?.[1].Properties ?? {};
}

describe('a deployment without webhooks', () => {
  it('has no function and no queue for them', () => {
    const template = JSON.stringify(without.realtime.toJSON());
    expect(template).not.toContain('test-webhook');
    expect(template).not.toContain('WEBHOOK_QUEUE_URL');
  });

  it.each(publishers)('tells %s that there are none', (name) => {
    expect(environmentOf(without.realtime, name).WEBHOOKS).toBe('[]');
  });
});

describe('a deployment with webhooks', () => {
  it('has the function, its queue and what belongs to them besides, and an alarm; nothing else changes', () => {
    expect(added('realtime')).toEqual([
      'WebhooksEvents',
      'WebhooksEventsDeadLetter',
      'WebhooksEventsDeadLetterPolicy',
      'WebhooksEventsPolicy',
      'WebhooksWebhook',
      'WebhooksWebhookLogs',
      'WebhooksWebhookQueue',
      'WebhooksWebhookRole',
      'WebhooksWebhookRoleDefaultPolicy',
    ]);
    expect(added('data')).toEqual([]);
    expect(added('edge')).toEqual([]);
    expect(added('monitoring')).toEqual(['WebhookDeadLetterNotEmpty', 'WebhookErrorLines']);
  });

  it.each(['data', 'realtime'] as const)(
    'exports from the %s stack what it exports without them',
    (stack) => {
      expect(withThem[stack].findOutputs('*')).toEqual(without[stack].findOutputs('*'));
    },
  );

  it.each(publishers)('lets %s publish', (name) => {
    const environment = environmentOf(withThem.realtime, name);
    expect(environment.WEBHOOKS).toBe(JSON.stringify(webhooks));
    expect(inWords(environment.WEBHOOK_QUEUE_URL)).toBe('WebhooksEvents');
    const before = permissionsOf(without.realtime, name);
    expect(permissionsOf(withThem.realtime, name)).toEqual(
      [...before, 'sqs:SendMessage on WebhooksEvents'].sort(),
    );
  });

  it('lets the function take events and postpone them, read the secret, and nothing else', () => {
    expect(permissionsOf(withThem.realtime, 'webhook')).toEqual([
      'logs:CreateLogStream on WebhooksWebhookLogs',
      'logs:PutLogEvents on WebhooksWebhookLogs',
      'secretsmanager:GetSecretValue on AppSecret',
      'sqs:ChangeMessageVisibility on WebhooksEvents',
      'sqs:DeleteMessage on WebhooksEvents',
      'sqs:GetQueueAttributes on WebhooksEvents',
      'sqs:ReceiveMessage on WebhooksEvents',
    ]);
    const { WEBHOOK_QUEUE_URL, APP_SECRET_ARN, ...settings } = environmentOf(withThem.realtime, 'webhook');
    expect(settings).toEqual({ WEBHOOKS: JSON.stringify(webhooks), APP_KEY: 'key-1' });
    expect([WEBHOOK_QUEUE_URL, APP_SECRET_ARN].map(inWords)).toEqual([
      'WebhooksEvents',
      expect.stringContaining('AppSecret'),
    ]);
  });

  it('gathers the events of a second, up to a hundred of them', () => {
    const mappings = Object.values(resourcesOf(withThem.realtime, 'AWS::Lambda::EventSourceMapping'));
    const feeding = mappings.filter(
      ({ Properties }) => inWords(Properties.FunctionName) === 'WebhooksWebhook',
    );
    expect(feeding.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        ScalingConfig: { MaximumConcurrency: 20 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    ]);
  });

  it('shows a message again long after the function has finished with it, the gathering included', () => {
    const functions = Object.entries(resourcesOf(withThem.realtime, 'AWS::Lambda::Function'));
    const timeout = functions.find(([id]) => id.startsWith('WebhooksWebhook'))?.[1].Properties.Timeout;
    expect(queue('WebhooksEvents').VisibilityTimeout).toBe(6 * Number(timeout) + 1);
  });

  it('gives an event up after sixteen receives', () => {
    const { deadLetterTargetArn, maxReceiveCount } = queue('WebhooksEvents').RedrivePolicy as {
      deadLetterTargetArn: unknown;
      maxReceiveCount: number;
    };
    expect([inWords(deadLetterTargetArn), maxReceiveCount]).toEqual(['WebhooksEventsDeadLetter', 16]);
    withThem.monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      Dimensions: [{ Name: 'QueueName', Value: 'pregonero-test-webhook-dead-letter' }],
      Threshold: 0,
    });
  });

  it('has nothing to which cdk-nag objects without a reason', () => {
    const { app, stacks } = build({ ...everyOption, webhooks });
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.flatMap(({ ruleName }) => ruleName)).toEqual([]);
    expect(Object.keys(resourcesOf(Template.fromStack(stacks.realtime), 'AWS::SQS::Queue'))).toContainEqual(
      expect.stringMatching(/^WebhooksEvents/),
    );
  });
});

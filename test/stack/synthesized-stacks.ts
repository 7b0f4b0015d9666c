import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseDeploymentConfig } from '../../lib/deployment-config.ts';
import { addStacks, type PregoneroStacks } from '../../lib/pregonero-app.ts';

const { context }: { context: Record<string, unknown> } = JSON.parse(readFileSync('cdk.json', 'utf8'));

export const minimalSettings = {
  stage: 'test',
  appId: 'app-1',
  appKey: 'key-1',
  channelPattern: 'private-commerce.{tenant}',
};

export const everyOption = {
  edge: {
    domainName: 'ws.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
    webAclArn:
      'arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/12345678-1234-1234-1234-123456789012',
    onlyWayIn: true,
  },
  alarms: { email: 'ops@example.com', topicArn: 'arn:aws:sns:eu-west-1:123456789012:ops' },
};

/** An app with the flags of cdk.json, which does not bundle functions. */
export function emptyApp({ validation = false }: { readonly validation?: boolean } = {}): App {
  return new App({
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    // Most of the time that synthesis takes; cdk synth does it, and one test here.
    builtinCloudFormationValidation: validation,
  });
}

/** The app as bin/ builds it, but for the bundling of functions. */
export function build(
  settings: object = {},
  options: { readonly validation?: boolean } = {},
): { readonly app: App; readonly stacks: PregoneroStacks } {
  const app = emptyApp(options);
  return { app, stacks: addStacks(app, parseDeploymentConfig({ ...minimalSettings, ...settings })) };
}

export type Templates = Readonly<Record<keyof PregoneroStacks, Template>>;

export function synthesize(settings: object = {}): Templates {
  const { stacks } = build(settings);
  return {
    data: Template.fromStack(stacks.data),
    realtime: Template.fromStack(stacks.realtime),
    edge: Template.fromStack(stacks.edge),
    monitoring: Template.fromStack(stacks.monitoring),
  };
}

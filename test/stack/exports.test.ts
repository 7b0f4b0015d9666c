import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { DataStack } from '../../lib/data-stack.ts';
import { parseDeploymentConfig } from '../../lib/deployment-config.ts';
import { RealtimeStack } from '../../lib/realtime-stack.ts';
import { emptyApp, everyOption, minimalSettings, synthesize } from './synthesized-stacks.ts';

/**
 * What stacks export, by name: deployed stacks import it under these names. An export that disappears while it is imported
 * fails the deployment of the stack that had it, so one is only ever added.
 */
const pinned = {
  data: [
    'ExportsOutputFnGetAttConnections827CEF2FArn1632D106',
    'ExportsOutputFnGetAttConnections827CEF2FStreamArn070538CE',
    'ExportsOutputFnGetAttNotifications87298708ArnDE1230D2',
    'ExportsOutputFnGetAttNotifications87298708StreamArnEFDCAB28',
    'ExportsOutputRefAppSecretFAB5164C4B25CED8',
    'ExportsOutputRefConnections827CEF2F0F1035C6',
    'ExportsOutputRefNotifications872987081051AE19',
  ].map((name) => `pregonero-test-data:${name}`),
  realtime: [
    'ExportsOutputRefHttpApi4E1D4184B90B538B',
    'ExportsOutputRefWebSocketApi273F69158C49549A',
    'ExportsOutputRefWebSocketEdgeKeySecretA687A09AE453E970',
  ].map((name) => `pregonero-test-realtime:${name}`),
};

function exportsOf(template: Template): string[] {
  const outputs = Object.values(template.findOutputs('*') as Record<string, { Export?: { Name: string } }>);
  return outputs.flatMap(({ Export }) => Export?.Name ?? []).sort();
}

function importsOf(template: Template): string[] {
  const found = JSON.stringify(template.toJSON()).matchAll(/"Fn::ImportValue":"([^"]+)"/g);
  return [...new Set(Array.from(found, ([, name = '']) => name))].sort();
}

describe('the exports of a stack', () => {
  const dataStack = () => new DataStack(emptyApp(), 'pregonero-test-data', {});

  it('with the tables and the secret are there although nothing imports them', () => {
    expect(exportsOf(Template.fromStack(dataStack()))).toEqual(pinned.data);
  });

  it('with the functions are there although nothing imports them', () => {
    const config = parseDeploymentConfig(minimalSettings);
    const data = dataStack();
    const realtime = new RealtimeStack(data.node.root, 'pregonero-test-realtime', { config, data });
    expect(exportsOf(Template.fromStack(realtime))).toEqual(pinned.realtime);
  });

  it.each([
    ['as it comes', {}],
    ['with every option', everyOption],
  ])('are all that is imported in a deployment %s', (_, settings) => {
    const { realtime, edge, monitoring } = synthesize(settings);
    const imported = [realtime, edge, monitoring].flatMap(importsOf);
    expect([...new Set(imported)].sort()).toEqual([...pinned.data, ...pinned.realtime]);
  });
});

import { describe, expect, it } from 'vitest';
import { resourcesOf } from './function-permissions.ts';
import { synthesize } from './synthesized-stacks.ts';

const { monitoring, realtime } = synthesize();

const filters = Object.values(resourcesOf(monitoring, 'AWS::Logs::MetricFilter')).map(
  ({ Properties }) => Properties,
);
const patternOf = (fn: string) =>
  filters.find(({ LogGroupName }) => LogGroupName === `/aws/lambda/pregonero-test-${fn}`)?.FilterPattern;

describe('error lines', () => {
  it('are counted in the log of every function', () => {
    const logged = Object.values(resourcesOf(realtime, 'AWS::Lambda::Function')).map(
      ({ Properties }) => `/aws/lambda/${Properties.FunctionName}`,
    );
    expect(filters.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(logged.sort());
    const groups = Object.values(resourcesOf(realtime, 'AWS::Logs::LogGroup')).map(
      ({ Properties }) => Properties.LogGroupName,
    );
    expect(groups).toEqual(expect.arrayContaining(logged));
  });

  it('are one metric, of this deployment, without values while there are none', () => {
    for (const { MetricTransformations } of filters) {
      expect(MetricTransformations).toEqual([
        { MetricNamespace: 'Pregonero/test', MetricName: 'ErrorLines', MetricValue: '1' },
      ]);
    }
  });

  it('are those that say so and those of invocations that could not say anything any more', () => {
    expect(patternOf('message')).toBe(
      '{ ($.level = "ERROR") || ($.record.status = "timeout") || ($.record.status = "failure") }',
    );
  });

  it('are not the refusals of the authorizer', () => {
    expect(patternOf('authorize')).toBe(
      '{ (($.level = "ERROR") && (($.errorMessage NOT EXISTS) || ($.errorMessage != "Unauthorized"))) || ' +
        '($.record.status = "timeout") || ($.record.status = "failure") }',
    );
    expect(new Set(filters.map(({ FilterPattern }) => FilterPattern)).size).toBe(2);
  });
});

import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { build, everyOption } from './synthesized-stacks.ts';

const variants: [string, object][] = [
  ['as it comes', {}],
  ['with every option', everyOption],
];

describe('cdk-nag', () => {
  it.each(variants)('finds nothing without a reason in a deployment %s', (_, settings) => {
    const { app } = build(settings);
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const findings = violations.flatMap(({ ruleName, violatingResources }) =>
      (violatingResources ?? []).map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );
    expect(findings).toEqual([]);
  });
});

describe('the rules of CloudFormation', () => {
  it('are kept by a deployment with every option', () => {
    // Synthesis fails on a violation: cdk.json makes errors of them. Of a deployment as it comes, cdk synth says so.
    const { app } = build(everyOption, { validation: true });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('the stacks', () => {
  it.each(variants)('have no custom resources, parameters or conditions: %s', (_, settings) => {
    const { app } = build(settings);
    for (const { stackName, template } of app.synth().stacks) {
      expect(Object.keys(template).sort(), stackName).toEqual(expect.arrayContaining(['Resources']));
      expect(template.Parameters, stackName).toBeUndefined();
      expect(template.Conditions, stackName).toBeUndefined();
      const types = Object.values(template.Resources as Record<string, { Type: string }>).map(
        ({ Type }) => Type,
      );
      expect(
        types.filter((type) => !type.startsWith('AWS::') || type.startsWith('AWS::CloudFormation::')),
      ).toEqual([]);
    }
  });

  it('are deployed in this order, each named after the deployment', () => {
    const { app } = build();
    expect(app.synth().stacks.map(({ stackName }) => stackName)).toEqual([
      'pregonero-test-data',
      'pregonero-test-realtime',
      'pregonero-test-edge',
      'pregonero-test-monitoring',
    ]);
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
import { describe, expect, it } from 'vitest';
import { resourceOrder } from '../../../local/template/resource-order.ts';

describe('resources are created after all they refer to', () => {
  it('whether by Ref, Fn::GetAtt, Fn::Sub or DependsOn, and otherwise as they stand', () => {
    const order = resourceOrder({
      Last: { Type: 'T', DependsOn: ['ByRef', 'ByAttribute'] },
      ByRef: { Type: 'T', Properties: { a: [{ b: { Ref: 'First' } }] } },
      ByAttribute: { Type: 'T', Properties: { a: { 'Fn::GetAtt': ['BySub', 'Arn'] } } },
      BySub: {
        Type: 'T',
        Properties: { a: { 'Fn::Sub': ['${First.Arn}-${Own}', { Own: { Ref: 'Other' } }] } },
      },
      First: { Type: 'T', Properties: { a: { Ref: 'AWS::Region' } } },
      Other: { Type: 'T' },
    });
    expect(order).toEqual(['First', 'ByRef', 'Other', 'BySub', 'ByAttribute', 'Last']);
  });

  it('names a ring from its beginning to its beginning', () => {
    const ring = {
      Outside: { Type: 'T', DependsOn: 'A' },
      A: { Type: 'T', Properties: { x: { Ref: 'B' } } },
      B: { Type: 'T', Properties: { x: { 'Fn::GetAtt': 'C.Arn' } } },
      C: { Type: 'T', DependsOn: 'A' },
    };
    expect(() => resourceOrder(ring)).toThrow('A → B → C → A');
  });
});

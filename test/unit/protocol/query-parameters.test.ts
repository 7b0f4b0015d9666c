import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryParameters } from '../../../lambdas/protocol/query-parameters.ts';
import { anyText } from '../any-text.ts';

const read = (query: string) => Object.fromEntries(queryParameters(query));

describe('the parameters of a query', () => {
  it('are decoded', () => {
    expect(read('filter_by_prefix=presence-%C3%B1%20+&info=user_count,cache&empty=&bare')).toEqual({
      filter_by_prefix: 'presence-ñ  ',
      info: 'user_count,cache',
      empty: '',
      bare: '',
    });
  });

  it.each(['info=a&info=b', 'info%5B0%5D=a&info%5B1%5D=b', 'info[]=a&info[]=b'])(
    'that come more than once are joined with a comma: %s',
    (query) => expect(read(query)).toEqual({ info: 'a,b' }),
  );

  it('keep other brackets in their names', () => {
    expect(read('a[b]=1&[0]c=2&d[0]e=3')).toEqual({ 'a[b]': '1', '[0]c': '2', 'd[0]e': '3' });
  });

  it('can be read from any text', () => {
    fc.assert(
      fc.property(anyText, (query) => {
        for (const value of queryParameters(query).values()) expect(value).toBeTypeOf('string');
      }),
    );
  });
});

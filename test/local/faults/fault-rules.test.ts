import { describe, expect, it } from 'vitest';
import { createFaults } from '../../../local/runtime/fault-rules.ts';

const query = { caller: 'broadcast', service: 'dynamodb', operation: 'Query' };
const source = { functionName: 'broadcast', sourceArn: 'arn:aws:dynamodb:us-east-1:1:table/T/stream/1' };

describe('fault rules', () => {
  it('inject nothing until one is registered', () => {
    const faults = createFaults();

    expect(faults.requestFault(query)).toBeUndefined();
    expect(faults.batchFault(source)).toBeUndefined();
    expect(faults.invocationFault('broadcast', {})).toBeUndefined();
    expect(faults.losesDisconnect('a=')).toBe(false);
  });

  it('decide by the first rule that answers with a fault', () => {
    const faults = createFaults();
    faults.onRequest((target) => (target.operation === 'PutItem' ? { kind: 'throttle' } : undefined));
    faults.onRequest(() => ({ kind: 'server-error' }));
    faults.onRequest(() => ({ kind: 'lost-response' }));

    expect(faults.requestFault(query)).toEqual({ kind: 'server-error' });
    expect(faults.requestFault({ ...query, operation: 'PutItem' })).toEqual({ kind: 'throttle' });
  });

  it('are told whom the fault would strike', () => {
    const faults = createFaults();
    faults.onInvocation((name, event) =>
      name === 'broadcast' && event === 'its event' ? { kind: 'crash', when: 'after' } : undefined,
    );
    faults.onBatch(({ functionName, sourceArn }) =>
      sourceArn === source.sourceArn ? { kind: 'delay', milliseconds: functionName.length } : undefined,
    );
    faults.onDisconnect((connectionId) => connectionId === 'lost=');

    expect(faults.invocationFault('broadcast', 'its event')).toEqual({ kind: 'crash', when: 'after' });
    expect(faults.invocationFault('deliver', 'its event')).toBeUndefined();
    expect(faults.batchFault(source)).toEqual({ kind: 'delay', milliseconds: 9 });
    expect(faults.batchFault({ ...source, sourceArn: 'arn:other' })).toBeUndefined();
    expect(faults.losesDisconnect('lost=')).toBe(true);
    expect(faults.losesDisconnect('kept=')).toBe(false);
  });

  it('may count and run dry', () => {
    const faults = createFaults();
    let left = 2;
    faults.onBatch(() => (left-- > 0 ? { kind: 'duplicate' } : undefined));

    expect([1, 2, 3].map(() => faults.batchFault(source)?.kind)).toEqual([
      'duplicate',
      'duplicate',
      undefined,
    ]);
  });

  it('are taken back one by one, even when the same function was registered twice', () => {
    const faults = createFaults();
    const always = () => ({ kind: 'throttle' }) as const;
    const takeBackFirst = faults.onRequest(always);
    const takeBackSecond = faults.onRequest(always);

    takeBackFirst();
    expect(faults.requestFault(query)).toEqual({ kind: 'throttle' });
    takeBackSecond();
    expect(faults.requestFault(query)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionIdOf, isSocketId, socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { anyText } from '../any-text.ts';

const gatewayIds = fc
  .uint8Array({ minLength: 11, maxLength: 11 })
  .map((bytes) => `${Buffer.from(bytes).toString('base64url')}=`);
const anyIds = fc.oneof(
  gatewayIds,
  anyText,
  // What only nearly looks like an id of API Gateway.
  fc.array(fc.constantFrom(...'AZaz09-_='), { minLength: 15, maxLength: 17 }).map((all) => all.join('')),
);

describe('a socket id', () => {
  it('is what the server SDKs accept, whatever the connection id', () => {
    fc.assert(
      fc.property(anyIds, (id) => {
        expect(socketIdOf(id)).toMatch(/^\d+\.\d+$/);
      }),
    );
  });

  it('leads back to the connection it was made of', () => {
    fc.assert(
      fc.property(anyIds, (id) => {
        expect(connectionIdOf(socketIdOf(id))).toBe(id);
      }),
      { numRuns: 1000 },
    );
  });

  it('belongs to one connection only', () => {
    fc.assert(
      fc.property(anyIds, anyIds, (one, other) => {
        fc.pre(one !== other);
        expect(socketIdOf(one)).not.toBe(socketIdOf(other));
      }),
    );
  });

  it('is the only one of its connection: what leads to it leads back', () => {
    const digits = fc.bigInt({ min: 0n, max: 1n << 60n });
    fc.assert(
      fc.property(fc.oneof(digits, fc.constant(1n << 44n)), digits, (first, second) => {
        const connectionId = connectionIdOf(`${first}.${second}`);
        if (connectionId !== undefined) expect(socketIdOf(connectionId)).toBe(`${first}.${second}`);
      }),
      { numRuns: 1000 },
    );
  });

  it('is short for an id of API Gateway', () => {
    expect(socketIdOf('JC1dgf9yoAMCK-g=')).toBe('2486078808055.2886268496872');
    expect(socketIdOf('AAAAAAAAAAAAAAA=')).toBe('0.0');
    fc.assert(
      fc.property(gatewayIds, (id) => {
        expect(socketIdOf(id).length).toBeLessThanOrEqual(29);
      }),
    );
  });

  it.each([
    '',
    '.',
    '1',
    '1.',
    '.1',
    '1.2.3',
    '-1.2',
    '1.-2',
    '01.2',
    '1.02',
    ' 1.2',
    '1.2\n',
    '1e3.2',
    'a.b',
    '１.２',
  ])('made up as %j leads to no connection', (made) => expect(connectionIdOf(made)).toBeUndefined());

  it.each([
    ['a half of more than 44 bits', `1.${2n ** 44n}`],
    ['a first number beyond', `${2n ** 44n + 1n}.1`],
    ['no leading one', `${2n ** 44n}.2`],
    ['half a code unit', `${2n ** 44n}.${0x1ff}`],
    [
      'an id of API Gateway in the long form',
      `${2n ** 44n}.${BigInt(`0x1${[...'AAAAAAAAAAAAAAA='].map((c) => c.charCodeAt(0).toString(16).padStart(4, '0')).join('')}`)}`,
    ],
    ['more digits than anybody’s has', socketIdOf('x'.repeat(2000))],
  ])('with %s leads to no connection', (_, made) => {
    expect(connectionIdOf(made)).toBeUndefined();
  });

  it('has the form that is checked in requests', () => {
    expect(isSocketId('1234.1234')).toBe(true);
    expect(isSocketId(`1.${'2'.repeat(254)}`)).toBe(true);
    expect(isSocketId(`1.${'2'.repeat(255)}`)).toBe(false);
    for (const made of ['', '1', '1.2.3', '1.2\n', ' 1.2', '1.2 ', 'a.b', '-1.2', '1.2:private-other']) {
      expect(isSocketId(made)).toBe(false);
    }
  });
});

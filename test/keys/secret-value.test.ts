import { describe, expect, it } from 'vitest';
import { masterKeyOfSecret } from '../../lambdas/protocol/encryption-key.ts';
import {
  masterKeyOf,
  newSecret,
  readSecretValue,
  retired,
  rotated,
} from '../../scripts/keys/secret-value.ts';

const derivedFrom = (secret: string) => Buffer.from(masterKeyOfSecret(secret)).toString('base64');

describe('a new secret', () => {
  it('is forty letters and digits, and another one each time', () => {
    const secrets = Array.from({ length: 200 }, newSecret);

    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(new Set(secrets).size).toBe(200);
    expect(new Set(secrets.join('')).size).toBe(62);
  });
});

describe('the value of the app secret', () => {
  it('keeps its encryption master key when it is rotated, retired and rotated again', () => {
    const key = derivedFrom('one');

    const first = rotated({ secret: 'one' }, 'two');
    expect(first).toEqual({ secret: 'two', previous: 'one', encryptionMasterKey: key });
    const second = retired(first);
    expect(second).toEqual({ secret: 'two', encryptionMasterKey: key });
    expect(rotated(second, 'three')).toEqual({ secret: 'three', previous: 'two', encryptionMasterKey: key });
  });

  it('keeps it too when somebody has rotated by hand', () => {
    const byHand = { secret: 'two', previous: 'one' };

    expect(masterKeyOf(byHand)).toBe(derivedFrom('one'));
    expect(retired(byHand)).toEqual({ secret: 'two', encryptionMasterKey: derivedFrom('one') });
    expect(rotated(byHand, 'three')).toEqual({
      secret: 'three',
      previous: 'two',
      encryptionMasterKey: derivedFrom('one'),
    });
  });

  it('keeps what else stands in it', () => {
    const value = readSecretValue('{"secret":"one","owner":"payments"}');

    expect(retired(rotated(value, 'two'))).toMatchObject({ secret: 'two', owner: 'payments' });
  });

  it.each([
    [undefined, 'another form'],
    ['hunter2', 'another form'],
    ['null', 'another form'],
    ['["hunter2"]', 'another form'],
    ['{"secret":"","previous":"hunter2"}', 'another form'],
    ['{"secret":"x","encryptionMasterKey":"hunter2"}', 'expected 32 bytes in base64'],
  ])('is refused as %s, without telling it', (text, sentence) => {
    expect(() => readSecretValue(text)).toThrow(sentence);
    expect(() => readSecretValue(text)).not.toThrow('hunter2');
  });
});

import { describe, expect, it } from 'vitest';
import type { AppSecret, ValidSecrets } from '../../lambdas/ports/app-secret.ts';
import { masterKeyOfSecret } from '../../lambdas/protocol/encryption-key.ts';

type Secrets = [string, ...string[]];

/** `rotate` puts other secrets where the first ones are kept, without telling the port. */
export function appSecretContract(
  name: string,
  setUp: (...secrets: Secrets) => Promise<{ secret: AppSecret; rotate(...secrets: Secrets): void }>,
): void {
  const has = (wanted: string) => (secrets: ValidSecrets) => secrets.includes(wanted);

  describe(`an app secret: ${name}`, () => {
    it.each<[string, Secrets]>([
      ['the only one', ['only']],
      ['the new one first during a rotation', ['new', 'old']],
    ])('says which secrets are valid: %s', async (_, secrets) => {
      const { secret } = await setUp(...secrets);
      expect(await secret.current()).toEqual(secrets);
      expect(await secret.current()).toEqual(secrets);
    });

    it('is tested with all that are valid', async () => {
      const { secret } = await setUp('new', 'old');
      expect(await secret.satisfying(has('new'))).toBe(true);
      expect(await secret.satisfying(has('old'))).toBe(true);
      expect(await secret.satisfying(has('guessed'))).toBe(false);
    });

    it('is looked up again when what is known does not pass, and only then', async () => {
      const { secret, rotate } = await setUp('old');
      await secret.current();
      rotate('new', 'old');
      expect(await secret.satisfying(has('old'))).toBe(true);
      expect(await secret.current()).toEqual(['old']);
      expect(await secret.satisfying(has('new'))).toBe(true);
      expect(await secret.current()).toEqual(['new', 'old']);
    });

    it('has a master key of the oldest secret, so that a rotation does not change it', async () => {
      const key = masterKeyOfSecret('old');
      expect(await (await setUp('old')).secret.encryptionMasterKey()).toEqual(key);
      expect(await (await setUp('new', 'old')).secret.encryptionMasterKey()).toEqual(key);
    });
  });
}

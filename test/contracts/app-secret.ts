import { describe, expect, it } from 'vitest';
import type { AppSecret } from '../../lambdas/ports/app-secret.ts';

export function appSecretContract(
  name: string,
  setUp: (...secrets: [string, ...string[]]) => Promise<AppSecret>,
): void {
  describe(`an app secret: ${name}`, () => {
    it.each<[string, [string, ...string[]]]>([
      ['the only one', ['only']],
      ['the new one first during a rotation', ['new', 'old']],
    ])('says which secrets are valid: %s', async (_, secrets) => {
      const secret = await setUp(...secrets);
      expect(await secret.current()).toEqual(secrets);
      expect(await secret.current()).toEqual(secrets);
    });
  });
}

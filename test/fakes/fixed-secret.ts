import type { AppSecret, ValidSecrets } from '../../lambdas/ports/app-secret.ts';
import { masterKeyOfSecret } from '../../lambdas/protocol/encryption-key.ts';

export class FixedSecret implements AppSecret {
  /** How often it was asked for. */
  reads = 0;
  #known: ValidSecrets;
  #stored: ValidSecrets;

  constructor(...secrets: [string, ...string[]]) {
    this.#known = secrets;
    this.#stored = secrets;
  }

  /** Replaces the secrets where they are kept; it is not known until a test of the known ones fails. */
  rotate(...secrets: [string, ...string[]]): void {
    this.#stored = secrets;
  }

  async current(): Promise<ValidSecrets> {
    this.reads += 1;
    return this.#known;
  }

  async satisfying(test: (secrets: ValidSecrets) => boolean): Promise<boolean> {
    this.reads += 1;
    if (test(this.#known)) return true;
    if (this.#known === this.#stored) return false;
    this.#known = this.#stored;
    return test(this.#known);
  }

  async encryptionMasterKey(): Promise<Uint8Array> {
    this.reads += 1;
    return masterKeyOfSecret(this.#known.at(-1) ?? this.#known[0]);
  }
}

import type { AppSecret } from '../../lambdas/ports/app-secret.ts';

export class FixedSecret implements AppSecret {
  /** How often it was asked for. */
  reads = 0;
  readonly #secrets: readonly [string, ...string[]];

  constructor(...secrets: [string, ...string[]]) {
    this.#secrets = secrets;
  }

  async current(): Promise<readonly [string, ...string[]]> {
    this.reads += 1;
    return this.#secrets;
  }
}

/** Every secret that is valid now; the first one signs, all of them verify. */
export type ValidSecrets = readonly [string, ...string[]];

export interface AppSecret {
  /** What is known now: up to five minutes after a rotation, what was valid before it. */
  current(): Promise<ValidSecrets>;
  /**
   * Whether the valid secrets pass the test. Where the known ones do not, they are asked for anew, at most once every ten
   * seconds, and tested again: so what a rotated secret has signed is accepted wherever it comes first.
   */
  satisfying(test: (secrets: ValidSecrets) => boolean): Promise<boolean>;
  /** 32 bytes, from which the keys of encrypted channels follow; a rotation of the secret does not change them. */
  encryptionMasterKey(): Promise<Uint8Array>;
}

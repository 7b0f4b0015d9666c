export interface AppSecret {
  /** Every secret that is valid now; the first one signs, all of them verify. Never empty. */
  current(): Promise<readonly [string, ...string[]]>;
}

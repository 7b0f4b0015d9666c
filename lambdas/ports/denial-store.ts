/** Who was thrown out and is to stay out for a while. All times in epoch seconds. */
export interface DenialStore {
  denyUser(userId: string, until: number): Promise<void>;
  /** Strongly consistent. */
  isUserDenied(userId: string): Promise<boolean>;
  /**
   * Denies one more handshake that looks like this: a client comes back by itself, and who it is it says only later.
   * Source: pusher-js `src/core/connection/connection_manager.ts`
   */
  denyHandshake(fingerprint: string, until: number): Promise<void>;
  /** Whether a handshake is denied; each denial is good for one. */
  takeHandshakeDenial(fingerprint: string): Promise<boolean>;
}

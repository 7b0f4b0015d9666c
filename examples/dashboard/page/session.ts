/** What a logged-in user of a commerce has: the app key, and a token that says which commerce is theirs. */
interface Session {
  readonly key: string;
  readonly token: string;
  readonly expiresInSeconds: number;
}

const RENEW_BEFORE_EXPIRY_IN_SECONDS = 60;
const RETRY_IN_MS = 2_000;

/** A session that is renewed in time, as the login of a real dashboard would be. */
export class RenewedSession {
  private readonly commerceId: number;
  private current: Session;

  private constructor(commerceId: number, first: Session) {
    this.commerceId = commerceId;
    this.current = first;
    this.scheduleRenewal();
  }

  /** Tries until the server gives one; tells `onRefusal` each time why it did not. */
  static async open(commerceId: number, onRefusal: (reason: string) => void): Promise<RenewedSession> {
    return new RenewedSession(commerceId, await fetchSession(commerceId, onRefusal));
  }

  get key(): string {
    return this.current.key;
  }

  get token(): string {
    return this.current.token;
  }

  async renew(): Promise<void> {
    this.current = await fetchSession(this.commerceId);
  }

  private scheduleRenewal(): void {
    const seconds = Math.max(this.current.expiresInSeconds - RENEW_BEFORE_EXPIRY_IN_SECONDS, 1);
    setTimeout(() => void this.renew().then(() => this.scheduleRenewal()), seconds * 1_000);
  }
}

async function fetchSession(
  commerceId: number,
  onRefusal: (reason: string) => void = () => {},
): Promise<Session> {
  for (;;) {
    try {
      const response = await fetch(`/demo/session?commerce=${commerceId}`);
      const body = await response.json();
      if (response.ok) return body;
      onRefusal(body.message);
    } catch {
      onRefusal('el servidor no responde');
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_IN_MS));
  }
}

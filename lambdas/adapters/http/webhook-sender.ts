import type { WebhookOutcome, WebhookSender } from '../../ports/webhook-sender.ts';
import type { WebhookEndpoint } from '../../protocol/webhook-event.ts';
import type { WebhookRequest } from '../../protocol/webhook-request.ts';

const PATIENCE_IN_MILLISECONDS = 5_000;

/** Posts with `fetch`, to the URLs of the settings and no others: a redirect is an answer like any other, and not a yes. */
export class HttpWebhookSender implements WebhookSender {
  readonly #patienceInMilliseconds: number;

  constructor(patienceInMilliseconds = PATIENCE_IN_MILLISECONDS) {
    this.#patienceInMilliseconds = patienceInMilliseconds;
  }

  async send(endpoint: WebhookEndpoint, { body, headers }: WebhookRequest): Promise<WebhookOutcome> {
    const signal = AbortSignal.timeout(this.#patienceInMilliseconds);
    let response: Response;
    try {
      response = await fetch(endpoint.url, {
        method: 'POST',
        redirect: 'manual',
        headers: headersOf(endpoint, headers),
        body,
        signal,
      });
    } catch (error) {
      return { outcome: 'unreachable', reason: signal.aborted ? 'timeout' : codeOf(error) };
    }
    // Only its status counts. The body may be endless, and is not waited for.
    await response.body?.cancel().catch(() => {});
    return response.ok ? { outcome: 'delivered' } : { outcome: 'refused', status: response.status };
  }
}

/**
 * Sent as they are spelled. Names are the same in any case, and `fetch` would join two values of one: what is
 * signed stays alone. `Connection: close`, since an environment that was frozen for a while would post into a socket that the other
 * side has closed meanwhile.
 */
function headersOf(
  { headers: own = {} }: WebhookEndpoint,
  signed: WebhookRequest['headers'],
): Record<string, string> {
  const isIn = (headers: object, name: string) =>
    Object.keys(headers).some((each) => each.toLowerCase() === name.toLowerCase());
  const ours = { ...signed, Connection: 'close' };
  return {
    ...ours,
    ...Object.fromEntries(Object.entries(own).filter(([name]) => !isIn(ours, name))),
    ...(!isIn(own, 'User-Agent') && { 'User-Agent': 'Pregonero' }),
  };
}

/** `ECONNREFUSED`, `CERT_HAS_EXPIRED` …; the message of the error would name the URL. */
function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'no answer';
}

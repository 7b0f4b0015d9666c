import type { Clock } from '../../ports/clock.ts';
import type { ConnectionGateway, PostOutcome } from '../../ports/connection-gateway.ts';
import { recent } from '../../protocol/recent.ts';
import { AdaptiveLimit, type Ending } from './adaptive-limit.ts';
import type { Answer } from './answer.ts';
import { Pace } from './pace.ts';
import { isNetworkFailure, outcomeOf } from './post-outcome.ts';
import {
  encodeConnectionId,
  PostSigner,
  type SignedBody,
  type SigningCredentials,
  signedBody,
} from './post-signer.ts';
import { refusedPost, retryAfterOf, typeOf } from './refused-post.ts';
import { SocketPool } from './socket-pool.ts';
import { MAX_SOCKETS, REQUEST_TIMEOUT_IN_MILLISECONDS, readStage, type Stage } from './stage.ts';

export interface SignedPostOptions {
  /** The callback URL of the WebSocket stage. */
  readonly endpoint: string;
  readonly region: string;
  /** Asked before each post: those of a function change while it runs. */
  readonly credentials: () => SigningCredentials;
  readonly clock: Clock;
  /** Who closes connections; who only posts needs none. */
  readonly closer?: Pick<ConnectionGateway, 'close'>;
  /** @default 3000 */
  readonly requestTimeoutInMilliseconds?: number;
  /** @default 128 */
  readonly maxSockets?: number;
  /**
   * Posts begun in a second, at most: one that is repeated after a 429 counts again, as API Gateway counts it.
   * @default as many as are answered
   */
  readonly postsPerSecond?: number;
  /** Certificates to trust instead of the well-known ones, as PEM. */
  readonly certificateAuthority?: string;
}

/** Notifications of several channels are under way side by side, each with its frame. */
const REMEMBERED_FRAMES = 32;

/**
 * The hot path: posts to `@connections` signed here and sent on kept sockets, at a tenth of what the SDK's client costs. A frame is
 * hashed once for all its recipients. As many posts are under way as the account's quota bears, see {@link AdaptiveLimit}, and begun in a
 * second as is asked for.
 * What is nobody's outcome is thrown, with the name that API Gateway gives it. Throws when the endpoint is none.
 */
export class SignedPostGateway implements ConnectionGateway {
  readonly #stage: Stage;
  readonly #signer: PostSigner;
  readonly #credentials: () => SigningCredentials;
  readonly #clock: Clock;
  readonly #closer: Pick<ConnectionGateway, 'close'> | undefined;
  readonly #sockets: SocketPool;
  readonly #pace: Pace | undefined;
  readonly #limit: AdaptiveLimit;
  readonly #bodies = recent<SignedBody>(REMEMBERED_FRAMES);

  constructor(options: SignedPostOptions) {
    const { endpoint, region, credentials, clock, closer, certificateAuthority } = options;
    this.#stage = readStage(endpoint);
    this.#signer = new PostSigner({ host: this.#stage.host, stagePath: this.#stage.path, region });
    this.#credentials = credentials;
    this.#clock = clock;
    this.#closer = closer;
    this.#pace = options.postsPerSecond === undefined ? undefined : new Pace(options.postsPerSecond, clock);
    this.#limit = new AdaptiveLimit(options.maxSockets ?? MAX_SOCKETS, clock);
    this.#sockets = new SocketPool(this.#stage, clock, {
      requestTimeoutInMilliseconds: options.requestTimeoutInMilliseconds ?? REQUEST_TIMEOUT_IN_MILLISECONDS,
      ...(certificateAuthority !== undefined && { certificateAuthority }),
    });
  }

  async post(connectionId: string, frame: string, onBegin?: () => void): Promise<PostOutcome> {
    // The turn first, and a place then. Who holds a place counts as under way: waiting for its turn, it would go out in the middle of a
    // Retry-After and after a cut, and take the room of one that could. Who has had its turn and waits for a place has used it up: what is
    // saved up in this way goes out by as many at once as may be under way, and is on the whole not more than the pace allows.
    if (this.#pace !== undefined) await this.#pace.turn();
    const place = await this.#limit.enter();
    let ending: Ending = 'failed';
    try {
      onBegin?.();
      const answer = await this.#send(connectionId, this.#bodyOf(frame));
      const outcome = outcomeOf(answer.status, typeOf(answer));
      if (outcome === undefined) throw refusedPost(answer);
      if (outcome === 'throttled') ending = { throttled: true, ...retryAfterOf(answer, this.#clock.now()) };
      else if (outcome !== 'unavailable') ending = 'answered';
      return outcome;
    } catch (error) {
      if (isNetworkFailure(error)) return 'unavailable';
      throw error;
    } finally {
      this.#limit.leave(place, ending);
    }
  }

  async close(connectionId: string): Promise<void> {
    if (this.#closer === undefined) {
      throw new Error('This gateway can only post; expected a closer. Give one to its constructor.');
    }
    await this.#closer.close(connectionId);
  }

  #send(connectionId: string, { bytes, hash }: SignedBody): Promise<Answer> {
    const id = encodeConnectionId(connectionId);
    const signature = this.#signer.sign(id, hash, this.#credentials(), this.#clock.now());
    const token = signature['x-amz-security-token'];
    const head = `POST ${this.#stage.path}/@connections/${id} HTTP/1.1\r
host: ${this.#stage.host}\r
x-amz-date: ${signature['x-amz-date']}\r
${token === undefined ? '' : `x-amz-security-token: ${token}\r\n`}authorization: ${signature.authorization}\r
content-length: ${bytes.length}\r
\r
`;
    return this.#sockets.send(head, bytes);
  }

  #bodyOf(frame: string): SignedBody {
    const known = this.#bodies.get(frame);
    if (known !== undefined) return known;
    const body = signedBody(frame);
    this.#bodies.set(frame, body);
    return body;
  }
}

import { channelNameProblem, channelOfUser, MAX_CHANNEL_NAME_LENGTH } from './channel.ts';
import { type ProtocolError, particularErrors, wrongUserData } from './protocol-error.ts';

/** Who signs in. */
export interface SignedInUser {
  readonly id: string;
  /** Ids of the users whose coming and going it wants to be told of; each once. */
  readonly watchlist: readonly string[];
}

/** Source: https://pusher.com/docs/channels/using_channels/watchlist-events/ */
const MAX_WATCHED_USERS = 100;

/**
 * Reads the `user_data` of a sign-in, JSON text of an object: `id`, a text of which the name of a channel can be made, and perhaps
 * `watchlist`, a list of such ids. pusher-js takes no other id than a text that is not empty.
 * Source: https://pusher.com/docs/channels/server_api/authenticating-users/
 */
export function readUserData(userData: string): SignedInUser | { readonly error: ProtocolError } {
  const data = new Map<string, unknown>(Object.entries(JSON.parse(userData)));
  const id = data.get('id');
  if (typeof id !== 'string' || id === '') return { error: particularErrors.userWithoutId };
  const problem = userIdProblem(id);
  if (problem !== undefined) return { error: wrongUserData(problem) };
  const watchlist = readWatchlist(data.get('watchlist') ?? []);
  return watchlist === undefined
    ? {
        error: wrongUserData(
          `The watchlist of the user data must be a list of at most ${MAX_WATCHED_USERS} user ids.`,
        ),
      }
    : { id, watchlist };
}

/** Why nothing could be sent to a user of this id; undefined when it can be. In words for the client, and without the id. */
export function userIdProblem(id: string): string | undefined {
  return channelNameProblem(channelOfUser(id), MAX_CHANNEL_NAME_LENGTH) === undefined && id !== ''
    ? undefined
    : 'The id of the user may only contain letters, digits and _ - = @ , . ; and be as long as the name of its channel may be.';
}

function readWatchlist(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_WATCHED_USERS) return undefined;
  const usable = value.every((id) => typeof id === 'string' && userIdProblem(id) === undefined);
  return usable ? [...new Set<string>(value)] : undefined;
}

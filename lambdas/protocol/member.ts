import { memberTextOf } from './json-member.ts';
import { readJsonObject } from './json-object.ts';
import type { Limits } from './limits.ts';

/** Who is on a presence channel. The same user in three tabs is one member. */
export interface Member {
  /** `user_id` as a string: `1` and `"1"` are the same user, as they are to the keys of pusher-js. */
  readonly userId: string;
  /** The JSON text that was signed, as it came: `{"user_id":…,"user_info":…}`. */
  readonly channelData: string;
}

/** It is part of the key of a row. Source: https://pusher.com/docs/channels/library_auth_reference/auth-signatures/ */
const MAX_USER_ID_LENGTH = 128;

/**
 * Who the `channel_data` of a subscription says is coming: `user_id` a non-empty string of at most 128 characters or a whole number,
 * `user_info` anything. `problem` names what was expected and never quotes what came.
 */
export function readMember(
  channelData: string,
  limits: Pick<Limits, 'maxUserInfoBytes'>,
): Member | { readonly problem: string } {
  const data = readJsonObject(channelData);
  if (data === undefined) return { problem: 'channel_data must be a JSON object.' };
  const userId = readUserId(data.get('user_id'));
  if (userId === undefined) {
    return {
      problem: `channel_data must have a user_id: a string of 1 to ${MAX_USER_ID_LENGTH} characters, or a whole number.`,
    };
  }
  const bytes = Buffer.byteLength(userInfoTextOf({ channelData }) ?? '');
  if (bytes > limits.maxUserInfoBytes) {
    return {
      problem: `The user_info of channel_data has ${bytes} bytes as JSON; at most ${limits.maxUserInfoBytes} are allowed.`,
    };
  }
  return { userId, channelData };
}

/** The member that a user is of whom nothing more is known. */
export function memberOf(userId: string): Member {
  return { userId, channelData: JSON.stringify({ user_id: userId }) };
}

/** JSON text of the member's `user_id`, in the type in which it came. */
export function userIdTextOf({ userId, channelData }: Member): string {
  return memberTextOf(channelData, 'user_id') ?? JSON.stringify(userId);
}

/** JSON text of the member's `user_info`; undefined when it came without one. */
export function userInfoTextOf({ channelData }: Pick<Member, 'channelData'>): string | undefined {
  return memberTextOf(channelData, 'user_info');
}

function readUserId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== 'string' || value === '' || value.length > MAX_USER_ID_LENGTH) return undefined;
  // JSON can escape half of a surrogate pair, which no key of a row can hold.
  return value.isWellFormed() ? value : undefined;
}

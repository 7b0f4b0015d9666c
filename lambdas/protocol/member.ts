/** Who is on a presence channel. The same user in three tabs is one member. */
export interface Member {
  /** `user_id` as a string: `1` and `"1"` are the same user, as they are to the keys of pusher-js. */
  readonly userId: string;
  /** The JSON text that was signed, as it came: `{"user_id":…,"user_info":…}`. */
  readonly channelData: string;
}

/**
 * Which host name of AWS answers where on this machine, so that outputs can be dialled and SDK endpoints redirected.
 * Templates only ever see the AWS names.
 */
export interface AddressBook {
  /** `abc.execute-api.us-east-1.amazonaws.com` → `http://127.0.0.1:49152`. */
  register(awsHost: string, localOrigin: string): void;
  /**
   * Rewrites a URL (http, https, ws, wss) whose host is registered to its local form, `https` becoming `http` and
   * `wss` becoming `ws`; any other string comes back unchanged.
   */
  localize(value: string): string;
}

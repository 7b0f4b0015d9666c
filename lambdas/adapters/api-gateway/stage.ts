/** After that long a request counts as not answered. API Gateway answers in tens of milliseconds. */
export const REQUEST_TIMEOUT_IN_MILLISECONDS = 3_000;

/** Kept-alive sockets to the stage, and so the most requests that may be under way at once. */
export const MAX_SOCKETS = 128;

/** Where the WebSocket stage is called back, taken apart. */
export interface Stage {
  readonly isSecure: boolean;
  /** Without port, and without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** As the `host` header has it: with a port that is not the usual one. */
  readonly host: string;
  /** `/production`; empty when there is none. Never ends with a slash. */
  readonly path: string;
}

/** Throws when the endpoint is none: an http or https URL without credentials, query and fragment. */
export function readStage(endpoint: string): Stage {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !isHttp || `${url.username}${url.password}${url.search}${url.hash}` !== '') {
    throw new Error(
      'The management endpoint is wrong; expected the callback URL of the WebSocket stage, as https://abc.execute-api.us-east-1.amazonaws.com/production. Deploy the stack again.',
    );
  }
  const isSecure = url.protocol === 'https:';
  return {
    isSecure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    host: url.host,
    path: url.pathname.replace(/\/+$/, ''),
  };
}

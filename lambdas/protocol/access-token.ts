/** The subprotocol that the server answers with; the one that carries the token is never repeated. */
export const SUBPROTOCOL = 'pregonero';

const BEARER = 'bearer.';

/**
 * The token that a handshake carries: as the subprotocol `bearer.<jwt>` beside `pregonero`, which is how a browser can hand
 * one over without writing it into a URL, or else as the query parameter `token`. Undefined when it carries none; the empty
 * string, which is no token, when it carries an empty one, or several: then nobody can say whose connection it would be.
 */
export function tokenOfHandshake(handshake: {
  readonly subprotocols?: string;
  readonly token?: string;
}): string | undefined {
  const bearers = subprotocolsOf(handshake.subprotocols)
    .filter((offered) => offered.startsWith(BEARER))
    .map((offered) => offered.slice(BEARER.length));
  if (bearers.length > 1) return '';
  return bearers[0] ?? handshake.token;
}

/** The subprotocol to echo: a browser drops a connection on which none of those it has offered is echoed. */
export function subprotocolToEcho(subprotocols: string | undefined): string | undefined {
  return subprotocolsOf(subprotocols).includes(SUBPROTOCOL) ? SUBPROTOCOL : undefined;
}

/** The token of `Authorization: Bearer <jwt>`. Source: RFC 6750 section 2.1; the scheme's case does not count. */
export function tokenOfAuthorization(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

/** Source: RFC 6455 section 11.3.4. */
function subprotocolsOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((offered) => offered.trim())
    .filter((offered) => offered !== '');
}

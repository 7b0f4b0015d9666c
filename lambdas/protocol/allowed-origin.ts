/**
 * Whether a page of this origin may connect. `allowed` are globs of host names, `*` standing for any characters, dots
 * included, as in Reverb's `allowed_origins`; `*` alone allows everything, a missing origin too. Else an origin has to be
 * there and its host has to match: scheme and port are not compared, case does not count.
 * Source: laravel/reverb `src/Protocols/Pusher/Server.php` (`verifyOrigin`), laravel/framework `Str::is`.
 */
export function isOriginAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (allowed.includes('*')) return true;
  const host = hostOf(origin);
  return host !== undefined && allowed.some((glob) => matches(glob.toLowerCase(), host));
}

/** Undefined for what has no host: `null` of a sandboxed frame, or nonsense. */
function hostOf(origin: string | undefined): string | undefined {
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  return new URL(origin).hostname.toLowerCase() || undefined;
}

/** Piece by piece from the left, each at its first place: a regular expression could be made to backtrack for ever. */
function matches(glob: string, host: string): boolean {
  const pieces = glob.split('*');
  const [head = ''] = pieces;
  if (pieces.length === 1) return host === glob;
  const tail = pieces.at(-1) ?? '';
  if (host.length < head.length + tail.length || !host.startsWith(head) || !host.endsWith(tail)) return false;
  const end = host.length - tail.length;
  let from = head.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = host.indexOf(piece, from);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

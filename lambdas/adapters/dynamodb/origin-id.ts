import { encodeTime } from 'ulid';
import type { Origin } from '../../ports/notification-log.ts';
import { fingerprint } from '../../protocol/fingerprint.ts';

/** Characters of a ULID: 48 bits of time, 80 of randomness, five a character. Source: https://github.com/ulid/spec */
const TIME_CHARACTERS = 10;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_BYTES = 10;
const INDEX_BYTES = 2;

/**
 * The ULID of one of the rows that come from one origin: always the same, ascending with `index` (0 to 65,535), and with eight bytes
 * of the seed's SHA-256 in the place of randomness, so that the rows of other origins of that millisecond have other ids.
 * Throws a RangeError for any other index.
 */
export function idOfOrigin({ at, seed }: Origin, index: number): string {
  const bytes = Buffer.alloc(RANDOM_BYTES);
  Buffer.from(fingerprint(seed), 'base64url').copy(bytes, 0, 0, RANDOM_BYTES - INDEX_BYTES);
  bytes.writeUIntBE(index, RANDOM_BYTES - INDEX_BYTES, INDEX_BYTES);
  return `${encodeTime(at, TIME_CHARACTERS)}${base32Of(bytes)}`;
}

/** Each five bytes are eight characters. */
function base32Of(bytes: Buffer): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 5) {
    const group = bytes.readUIntBE(start, 5);
    for (let place = 7; place >= 0; place--) {
      text += ALPHABET[Math.floor(group / 32 ** place) % 32];
    }
  }
  return text;
}

/** Takes the bytes of a client's stream as they come. */
export type FrameMeter = (chunk: Buffer) => void;

/**
 * Watches the sizes of the frames on a client's stream, which the WebSocket library joins to messages before anyone
 * sees them. Reads nothing but the headers of the frames (RFC 6455, section 5.2) and calls `onTooLong` once, when the
 * header of a frame longer than `maxBytes` has come; after that it reads no further.
 */
export function createFrameMeter(maxBytes: number, onTooLong: () => void): FrameMeter {
  const header = Buffer.alloc(14);
  let headerBytes = 0;
  let payloadLeft = 0;
  let done = false;

  /** Length of a header whose first two bytes are known. */
  function headerLength(): number {
    const length = (header[1] ?? 0) & 0x7f;
    const mask = (header[1] ?? 0) & 0x80 ? 4 : 0;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + mask;
  }

  function payloadLength(): number {
    const length = (header[1] ?? 0) & 0x7f;
    if (length === 126) return header.readUInt16BE(2);
    return length === 127 ? Number(header.readBigUInt64BE(2)) : length;
  }

  return (chunk) => {
    let offset = 0;
    while (!done && offset < chunk.length) {
      if (payloadLeft > 0) {
        const skipped = Math.min(payloadLeft, chunk.length - offset);
        payloadLeft -= skipped;
        offset += skipped;
        continue;
      }
      header[headerBytes] = chunk[offset] ?? 0;
      headerBytes += 1;
      offset += 1;
      if (headerBytes < 2 || headerBytes < headerLength()) continue;
      payloadLeft = payloadLength();
      headerBytes = 0;
      if (payloadLeft > maxBytes) {
        done = true;
        onTooLong();
      }
    }
  };
}

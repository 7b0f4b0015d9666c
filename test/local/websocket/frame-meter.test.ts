import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameMeter } from '../../../local/runtime/api-gateway/websocket/frame-meter.ts';

/** A masked client frame with a payload of that many bytes. */
function frame(length: number): Buffer {
  const header =
    length < 126
      ? Buffer.from([0x81, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0x01, 0x80 | 126, length >> 8, length & 0xff])
        : Buffer.from([0x00, 0x80 | 127, 0, 0, 0, 0, length >>> 24, length >> 16, length >> 8, length]);
  return Buffer.concat([header, Buffer.from([1, 2, 3, 4]), Buffer.alloc(length, 0x81)]);
}

function measure(stream: Buffer, chunkLengths: readonly number[], maxBytes: number): number {
  let calls = 0;
  const meter = createFrameMeter(maxBytes, () => {
    calls += 1;
  });
  let offset = 0;
  for (let index = 0; offset < stream.length; index += 1) {
    const length = chunkLengths[index % chunkLengths.length] ?? 1;
    meter(stream.subarray(offset, offset + length));
    offset += length;
  }
  return calls;
}

describe('the frame meter', () => {
  it('finds a frame that is too long wherever the stream is cut, and only then', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 70_000 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 5 }),
        (lengths, chunkLengths) => {
          const calls = measure(Buffer.concat(lengths.map(frame)), chunkLengths, 32_768);

          expect(calls).toBe(lengths.some((length) => length > 32_768) ? 1 : 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells as soon as the header is there', () => {
    let told = false;
    const meter = createFrameMeter(32_768, () => {
      told = true;
    });

    meter(frame(40_000).subarray(0, 8));

    expect(told).toBe(true);
  });
});

/**
 * The same items, each read while the one before is worked on. What goes wrong in reading is thrown when its turn has come. Stopping early waits for
 * what is being read and closes the source: nothing goes on behind the caller's back.
 */
export async function* readAhead<Item>(source: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let reading = nextOf(iterator);
  try {
    for (;;) {
      const { done, value } = await reading;
      if (done === true) return;
      reading = nextOf(iterator);
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

function nextOf<Item>(iterator: AsyncIterator<Item>): Promise<IteratorResult<Item, unknown>> {
  const reading = iterator.next();
  // Seen by whoever awaits it, which may be too late for Node: a rejection that nobody handles yet ends the process.
  reading.catch(() => undefined);
  return reading;
}

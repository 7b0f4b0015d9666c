import { describe, expect, it } from 'vitest';
import { readAhead } from '../../../lambdas/use-cases/read-ahead.ts';

/** Says what happens to it; `wrong` is thrown in the place of that page. */
function source(pages: readonly number[], wrong?: number) {
  const course: string[] = [];
  async function* read(): AsyncGenerator<number> {
    try {
      for (const page of pages) {
        course.push(`read ${page}`);
        await Promise.resolve();
        if (page === wrong) throw new Error(`page ${page}`);
        yield page;
      }
      course.push('end');
    } finally {
      course.push('closed');
    }
  }
  return { course, pages: read() };
}

/** All that is to be done by anybody is done. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('reading ahead', () => {
  it('gives all pages in their order, each read while the one before is worked on', async () => {
    const { course, pages } = source([1, 2, 3]);

    for await (const page of readAhead(pages)) {
      await settled();
      course.push(`worked on ${page}`);
    }

    expect(course).toEqual([
      'read 1',
      'read 2',
      'worked on 1',
      'read 3',
      'worked on 2',
      'end',
      'closed',
      'worked on 3',
    ]);
  });

  it('of nothing is over at once', async () => {
    const seen: number[] = [];
    for await (const page of readAhead(source([]).pages)) seen.push(page);
    expect(seen).toEqual([]);
  });

  it('reads nothing before somebody wants the first page', async () => {
    const { course, pages } = source([1]);
    const ahead = readAhead(pages);
    await settled();
    expect(course).toEqual([]);
    await ahead.return();
  });

  it('tells what went wrong in its turn, after the page before was worked on, and nobody else of it', async () => {
    const { course, pages } = source([1, 2, 3], 2);
    const unhandled: unknown[] = [];
    const notice = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', notice);
    const work = async () => {
      for await (const page of readAhead(pages)) {
        await settled();
        await settled();
        course.push(`worked on ${page}`);
      }
    };

    await expect(work()).rejects.toThrow('page 2');
    await settled();
    process.off('unhandledRejection', notice);

    expect(course).toEqual(['read 1', 'read 2', 'closed', 'worked on 1']);
    expect(unhandled).toEqual([]);
  });

  it.each([undefined, 2])(
    'that is stopped early leaves nothing behind, page %s being wrong',
    async (wrong) => {
      const { course, pages } = source([1, 2, 3], wrong);
      const unhandled: unknown[] = [];
      const notice = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', notice);

      for await (const page of readAhead(pages)) {
        course.push(`stopped at ${page}`);
        break;
      }
      course.push('gone on');
      await settled();
      process.off('unhandledRejection', notice);

      expect(course).toContain('closed');
      expect(course).not.toContain('read 3');
      expect(course.at(-1)).toBe('gone on');
      expect(unhandled).toEqual([]);
    },
  );

  it('passes on what the work throws, and closes the source', async () => {
    const { course, pages } = source([1, 2, 3]);
    const work = async () => {
      for await (const page of readAhead(pages)) throw new Error(`work on ${page}`);
    };

    await expect(work()).rejects.toThrow('work on 1');

    expect(course.at(-1)).toBe('closed');
    expect(course).not.toContain('read 3');
  });

  it('goes over what knows nothing of being closed', async () => {
    let next = 0;
    const pages: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: ++next }) }),
    };
    const seen: number[] = [];
    for await (const page of readAhead(pages)) {
      seen.push(page);
      if (page === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(next).toBe(4);
  });
});

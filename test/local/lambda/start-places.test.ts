import { describe, expect, it } from 'vitest';
import { createStartPlaces } from '../../../local/runtime/lambda/start-places.ts';

describe('places to start an environment', () => {
  it('are given at once as long as there are some, and then in order, one for each given back', () => {
    const places = createStartPlaces(2);
    const begun: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) places.ask(() => void begun.push(name));

    expect(begun).toEqual(['a', 'b']);
    places.done();
    expect(begun).toEqual(['a', 'b', 'c']);
    places.done();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are not used up by who has withdrawn', () => {
    const places = createStartPlaces(1);
    const begun: string[] = [];
    places.ask(() => void begun.push('a'));
    places.ask(() => void begun.push('b')).withdraw();
    places.ask(() => void begun.push('c'));

    places.done();
    expect(begun).toEqual(['a', 'c']);
  });
});

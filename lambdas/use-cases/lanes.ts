/** The items by key, in the order of their first ones; within a lane they keep theirs. */
export function lanesOf<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Item[][] {
  const lanes = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [item]);
    else lane.push(item);
  }
  return [...lanes.values()];
}

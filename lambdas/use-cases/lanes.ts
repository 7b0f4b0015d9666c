/** The items by key, in the order of their first ones; within a lane they keep theirs. */
export function lanesOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const lanes = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [item]);
    else lane.push(item);
  }
  return [...lanes.values()];
}

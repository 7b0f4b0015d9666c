/** How many environments may be being started at once, of all functions: loading a module is work for a processor. */
export interface StartPlaces {
  /** Calls back once there is a place, maybe at once; until then it can be withdrawn. Places are given in order. */
  ask(begin: () => void): { withdraw(): void };
  /** Gives a place back. */
  done(): void;
}

export function createStartPlaces(count: number): StartPlaces {
  const asking = new Set<() => void>();
  let free = count;

  function serve(): void {
    for (const begin of asking) {
      if (free === 0) return;
      free -= 1;
      asking.delete(begin);
      begin();
    }
  }

  return {
    ask(begin) {
      const asked = (): void => begin();
      asking.add(asked);
      serve();
      return { withdraw: () => void asking.delete(asked) };
    },
    done() {
      free += 1;
      serve();
    },
  };
}

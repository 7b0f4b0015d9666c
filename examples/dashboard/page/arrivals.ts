interface Arrival {
  readonly time: Promise<number>;
  readonly note: (time: number) => void;
}

/** When each notification arrived. It may arrive before whoever wrote it has been told that it is written. */
export class Arrivals {
  private readonly byId = new Map<string, Arrival>();

  note(id: string): void {
    this.arrival(id).note(performance.now());
  }

  /** Resolves with the `performance.now()` of the arrival, past or to come. */
  of(id: string): Promise<number> {
    return this.arrival(id).time;
  }

  private arrival(id: string): Arrival {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    let note: Arrival['note'] = () => {};
    const time = new Promise<number>((resolve) => {
      note = resolve;
    });
    const arrival = { time, note };
    this.byId.set(id, arrival);
    return arrival;
  }
}

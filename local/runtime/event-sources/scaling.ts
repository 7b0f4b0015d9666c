import { pause } from './pause.ts';

export interface Scaling {
  /** Loops to begin with. */
  readonly first: number;
  readonly most: number;
  /** How long all of them have to be busy before there is one more. */
  readonly additionInMilliseconds: number;
}

/** A loop that ends on the signal. It says when it has got work (true) and when it is done with it (false). */
export type ScaledLoop = (signal: AbortSignal, tell: (busy: boolean) => void) => Promise<void>;

/**
 * Runs a loop several times side by side, and once more while all are busy. Lambda takes loops away again when there is less to do;
 * not emulated, for one that waits costs nothing here.
 */
export function scaled(loop: ScaledLoop, { first, most, additionInMilliseconds }: Scaling) {
  return async (signal: AbortSignal): Promise<void> => {
    const loops: Promise<void>[] = [];
    let busy = 0;
    let growing = false;

    const begin = (): void => {
      loops.push(
        loop(signal, (isBusy) => {
          busy += isBusy ? 1 : -1;
          if (isBusy) void grow();
        }),
      );
    };

    async function grow(): Promise<void> {
      if (growing) return;
      growing = true;
      while (busy === loops.length && loops.length < most && !signal.aborted) {
        await pause(additionInMilliseconds, signal);
        if (busy === loops.length && !signal.aborted) begin();
      }
      growing = false;
    }

    while (loops.length < first) begin();
    // Those that were added meanwhile are waited for as well.
    for (let ended = 0; ended < loops.length; ended += 1) await loops[ended];
  };
}

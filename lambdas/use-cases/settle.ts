import type { PresenceStore } from '../ports/presence-store.ts';
import type { GraceWake } from '../ports/queues.ts';
import type { Vacancy } from './settle-occupancy.ts';

/**
 * The settle function: looks again, when the grace is over, at what was left. Whoever came back and left once more meanwhile has another
 * wake of its own, later than this one: since when it is absent tells them apart, so this one does nothing. That members have departed
 * is told by the entry that is written with it. `isRepeated`: the message has come before.
 */
export const settle =
  (deps: {
    readonly presence: PresenceStore;
    /** The verb of {@link file://./settle-occupancy.ts}. */
    readonly settleVacancy: (vacancy: Vacancy, isRepeated: boolean) => Promise<void>;
    /** The verb of {@link file://./tell-subscription-count.ts}. */
    readonly tellCount: (channel: string) => Promise<void>;
  }) =>
  async (wake: GraceWake, isRepeated: boolean): Promise<void> => {
    switch (wake.kind) {
      case 'absence':
        await deps.presence.depart(wake);
        return;
      case 'vacancy':
        return await deps.settleVacancy(wake, isRepeated);
      case 'count':
        return await deps.tellCount(wake.channel);
    }
  };

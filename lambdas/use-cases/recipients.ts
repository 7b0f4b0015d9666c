import type { ShardDelivery } from '../ports/queues.ts';
import type { Subscription } from '../ports/subscription-store.ts';
import { cameLater } from '../protocol/connection-lifetime.ts';
import { isLater } from '../protocol/sequence-number.ts';

type Addressed = Pick<ShardDelivery, 'sequenceNumber' | 'storedAt' | 'except' | 'only'>;

export interface Recipients {
  readonly recipients: readonly Subscription[];
  /** How many were there, but not yet when it was stored. */
  readonly cameLater: number;
}

/**
 * Those of a page whom an entry is for and who were on the channel when it was stored. Who is still joining hears nothing of it: it was
 * stored before they came, and what they are told on joining contains it. So it does of whatever was stored before that and comes
 * only now.
 */
export function recipientsOf(page: readonly Subscription[], entry: Addressed): Recipients {
  const { storedAt } = entry;
  const there = page.filter((subscription) => isFor(subscription, entry));
  const recipients =
    storedAt === undefined ? there : there.filter(({ since }) => !cameLater(since, storedAt));
  return { recipients, cameLater: there.length - recipients.length };
}

function isFor(subscription: Subscription, { sequenceNumber, except, only }: Addressed): boolean {
  const { connectionId, userId, joining, hearsAfter } = subscription;
  if (joining !== undefined) return false;
  if (only !== undefined && connectionId !== only) return false;
  if (except?.connectionId !== undefined && connectionId === except.connectionId) return false;
  if (except?.userId !== undefined && userId === except.userId) return false;
  return hearsAfter === undefined || isLater(sequenceNumber, hearsAfter);
}

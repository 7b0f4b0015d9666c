import { readGraceWake } from '../adapters/sqs/grace-schedule.ts';
import { settle } from '../use-cases/settle.ts';
import { composeSettling } from './settling.ts';

export function composeSettle() {
  const settling = composeSettling();
  return { settle: settle(settling), readGraceWake, logger: settling.logger };
}

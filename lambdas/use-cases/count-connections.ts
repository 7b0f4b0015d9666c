import type { ConnectionStore } from '../ports/connection-store.ts';
import { type HttpAnswer, jsonAnswer } from '../protocol/http-answer.ts';

/** `GET /apps/{appId}/connections`: how many are open. Reverb leaves out those that are on no channel. */
export const countConnections =
  (deps: { readonly connections: ConnectionStore }) => async (): Promise<HttpAnswer> =>
    jsonAnswer(200, { connections: await deps.connections.countOpen() });

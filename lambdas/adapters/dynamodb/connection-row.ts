import type { Connection, RemovedConnection } from '../../ports/connection-store.ts';
import type { ConnectionIdentity } from '../../protocol/connection-identity.ts';
import type { RefusalCode } from '../../protocol/protocol-error.ts';
import { connectionIdOfKey, connectionKey } from './keys.ts';
import type { Item } from './paging.ts';

/** The row of a connection, as it is written when it opens. `counterShard` is kept so that who counts down finds it. */
export function connectionRow(connection: Connection, counterShard: number | undefined): Item {
  const { identity } = connection;
  return {
    ...connectionKey(connection.connectionId),
    connectedAt: { N: String(connection.connectedAt) },
    expiresAt: { N: String(connection.expiresAt) },
    ...(identity !== undefined && {
      tenant: { S: identity.tenant },
      user: { S: identity.user },
      tokenExpiresAt: { N: String(identity.tokenExpiresAt) },
    }),
    ...(connection.refusal !== undefined && { refusal: { N: String(connection.refusal) } }),
    ...(counterShard !== undefined && { counterShard: { N: String(counterShard) } }),
  };
}

/**
 * An image of the Connections stream, in DynamoDB JSON as Lambda hands it over. Only string, number and string set
 * attributes occur in a connection row.
 */
export type RowImage = Readonly<Record<string, RowAttribute | undefined>>;

interface RowAttribute {
  readonly S?: string;
  readonly N?: string;
  readonly SS?: readonly string[];
}

/** The connection that a row describes; undefined when the image is of another row. */
export function readConnection(image: RowImage): Connection | undefined {
  const connectionId = connectionIdOf(image);
  if (connectionId === undefined) {
    return undefined;
  }
  const identity = readIdentity(image);
  const refusal = readNumber(image, 'refusal');
  return {
    connectionId,
    connectedAt: readNumber(image, 'connectedAt') ?? 0,
    expiresAt: readNumber(image, 'expiresAt') ?? 0,
    ...(identity !== undefined && { identity }),
    ...(refusal !== undefined && { refusal: refusal as RefusalCode }),
  };
}

/** What a removed row says is left to clean up; undefined when the image is of another row. */
export function readRemovedConnection(image: RowImage): RemovedConnection | undefined {
  const connectionId = connectionIdOf(image);
  if (connectionId === undefined) {
    return undefined;
  }
  const counterShard = readNumber(image, 'counterShard');
  return {
    connectionId,
    channels: image.channels?.SS ?? [],
    ...(counterShard !== undefined && { counterShard }),
  };
}

function connectionIdOf(image: RowImage): string | undefined {
  return connectionIdOfKey(image.pk?.S ?? '', image.sk?.S ?? '');
}

function readIdentity(image: RowImage): ConnectionIdentity | undefined {
  const tenant = image.tenant?.S;
  const user = image.user?.S;
  const tokenExpiresAt = readNumber(image, 'tokenExpiresAt');
  return tenant === undefined || user === undefined || tokenExpiresAt === undefined
    ? undefined
    : { tenant, user, tokenExpiresAt };
}

function readNumber(image: RowImage, attribute: string): number | undefined {
  const text = image[attribute]?.N;
  return text === undefined ? undefined : Number(text);
}

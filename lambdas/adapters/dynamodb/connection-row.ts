import type { Connection, RemovedConnection } from '../../ports/connection-store.ts';
import type { ConnectionIdentity } from '../../protocol/connection-identity.ts';
import type { RefusalCode } from '../../protocol/protocol-error.ts';
import { connectionIdOfKey, connectionKey } from './keys.ts';
import type { Item } from './paging.ts';

/** The row of a connection, as it is written when it opens. */
export function connectionRow(connection: Connection): Item {
  const { fingerprint, identity, refusal } = connection;
  return {
    ...connectionKey(connection.connectionId),
    connectedAt: { N: String(connection.connectedAt) },
    expiresAt: { N: String(connection.expiresAt) },
    ...(identity !== undefined && {
      tenant: { S: identity.tenant },
      user: { S: identity.user },
      tokenExpiresAt: { N: String(identity.tokenExpiresAt) },
      users: { SS: [identity.user] },
    }),
    ...(refusal !== undefined && { refusal: { N: String(refusal) } }),
    ...(fingerprint !== undefined && { fingerprint: { S: fingerprint } }),
  };
}

/**
 * An image of the Connections stream, in DynamoDB JSON as Lambda hands it over. Only string, number and string set
 * attributes of a row are read from it.
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
    ...(image.fingerprint?.S !== undefined && { fingerprint: image.fingerprint.S }),
  };
}

/** What a removed row says is left to clean up; undefined when the image is of another row. */
export function readRemovedConnection(image: RowImage): RemovedConnection | undefined {
  const connectionId = connectionIdOf(image);
  if (connectionId === undefined) {
    return undefined;
  }
  return {
    connectionId,
    channels: image.channels?.SS ?? [],
    users: image.users?.SS ?? [],
    watched: image.watched?.SS ?? [],
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

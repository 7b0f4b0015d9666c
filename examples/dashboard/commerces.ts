/** The two commerces of the demo: tenants of one deployment, with nothing in common but the host they dial. */
export const commerces = [
  { id: 12, name: 'Bodega Rosita' },
  { id: 34, name: 'Farmacia Sol' },
] as const;

export type Commerce = (typeof commerces)[number];

/** Laravel's name of a commerce's private channel, without the `private-` that goes in front of it on the wire. */
export const channelOf = (commerceId: number): string => `commerce.${commerceId}`;

/** What `broadcastAs` returns in the API; on the wire it stands as it is. */
export const eventName = 'notification.created';

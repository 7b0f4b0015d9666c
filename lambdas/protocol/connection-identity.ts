/** Who a token says is connected. */
export interface ConnectionIdentity {
  readonly tenant: string;
  readonly user: string;
  /** Epoch seconds, the token's `exp`. */
  readonly tokenExpiresAt: number;
}

/**
 * The identity that the authorizer put into its context, as API Gateway hands it to every later route: all values have
 * become strings. Undefined when the connection came without a token. Throws when it is there but not whole: whoever
 * cannot be told apart from another tenant must not be served.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export const identityFromContext = (
  context: Readonly<Record<string, unknown>> | null | undefined,
): ConnectionIdentity | undefined => {
  const { tenant, user, tokenExpiresAt } = context ?? {};
  if (tenant === undefined && user === undefined && tokenExpiresAt === undefined) return undefined;
  const expiry = Number(tokenExpiresAt);
  const whole =
    typeof tenant === 'string' &&
    tenant !== '' &&
    typeof user === 'string' &&
    Number.isSafeInteger(expiry) &&
    expiry > 0;
  if (!whole) {
    throw new Error(
      'the authorizer context holds part of an identity; expected all of tenant, user and tokenExpiresAt, or none',
    );
  }
  return { tenant, user, tokenExpiresAt: expiry };
};

/** The authorizer context that {@link identityFromContext} reads back; empty for a connection without a token. */
export const identityToContext = (
  identity: ConnectionIdentity | undefined,
): Record<string, string | number> =>
  identity === undefined
    ? {}
    : { tenant: identity.tenant, user: identity.user, tokenExpiresAt: identity.tokenExpiresAt };

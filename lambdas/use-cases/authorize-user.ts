import type { AppSecret } from '../ports/app-secret.ts';
import { readUserAuthRequest } from '../protocol/channel-auth-request.ts';
import { signUser } from '../protocol/user-auth.ts';
import { userIdProblem } from '../protocol/user-data.ts';
import { type AuthEndpointDependencies, authEndpoint } from './auth-endpoint.ts';

/**
 * `POST /broadcasting/user-auth` and its preflight: signs that a socket is the user of the token, whose id has to be one that a channel can be
 * named after. Answers as {@link file://./authorize-channel.ts} does.
 * Source: https://pusher.com/docs/channels/server_api/authenticating-users/
 */
export const authorizeUser = (
  deps: AuthEndpointDependencies & {
    readonly secret: AppSecret;
    readonly settings: { readonly appKey: string };
  },
) =>
  authEndpoint(deps, async ({ body, contentType }, { user, userInfo }) => {
    const wanted = readUserAuthRequest(body, contentType);
    if ('problem' in wanted) return { status: 400, ...wanted };
    const problem = userIdProblem(user);
    if (problem !== undefined) return { status: 403, problem };
    const userData = JSON.stringify({ id: user, ...(userInfo !== undefined && { user_info: userInfo }) });
    const [secret] = await deps.secret.current();
    const auth = signUser(deps.settings.appKey, secret, { socketId: wanted.socketId, userData });
    return { status: 200, body: { auth, user_data: userData } };
  });

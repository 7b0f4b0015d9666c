import { SignedPostGateway, type SignedPostOptions } from '../adapters/api-gateway/signed-post.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { readFunctionCredentials, readFunctionRegion } from './function-credentials.ts';

/**
 * `endpoint`: the callback URL of the stage. `closer`: who closes connections; left out by who only posts, and its SDK client with it.
 * `postsPerSecond`: left out by who posts as fast as it is answered.
 */
export function composeSignedPosts(
  endpoint: string,
  options: Pick<SignedPostOptions, 'closer' | 'postsPerSecond'> = {},
): SignedPostGateway {
  return new SignedPostGateway({
    ...options,
    endpoint,
    region: readFunctionRegion(),
    credentials: () => readFunctionCredentials(),
    clock,
  });
}

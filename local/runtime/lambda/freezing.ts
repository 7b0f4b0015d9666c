import type { Door } from '../door.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';

/**
 * The environment, whose requests the door holds from the answer to one event until the next event: AWS freezes it in
 * between. It can ask for whatever it likes while its module is loaded.
 * Not emulated: timers, and all else that needs nobody outside, go on in between.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function freezing(
  environment: ExecutionEnvironment,
  accessKeyId: string,
  door: Pick<Door, 'freeze' | 'thaw'>,
): ExecutionEnvironment {
  return {
    ...environment,
    async invoke(message) {
      door.thaw(accessKeyId);
      try {
        return await environment.invoke(message);
      } finally {
        door.freeze(accessKeyId);
      }
    },
  };
}

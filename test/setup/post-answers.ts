import type { PostOutcome } from '../../lambdas/ports/connection-gateway.ts';
import type { StandInAnswer } from './aws-stand-in.ts';

export const namedAnswer = (status: number, name: string): StandInAnswer => ({
  status,
  headers: { 'x-amzn-errortype': name },
});

/** What `@connections` may answer to a post, and what each gateway has to make of it. */
export const postAnswers: readonly (readonly [string, StandInAnswer, PostOutcome])[] = [
  ['410 with its name', namedAnswer(410, 'GoneException'), 'gone'],
  ['410 without a name', { status: 410 }, 'gone'],
  ['429 with its name', namedAnswer(429, 'LimitExceededException'), 'throttled'],
  ['429 without a name', { status: 429, body: '{"message":"Too Many Requests"}' }, 'throttled'],
  ['413 with its name', namedAnswer(413, 'PayloadTooLargeException'), 'too-large'],
  ['413 without a name', { status: 413 }, 'too-large'],
  ['the name of a gone connection with another status', namedAnswer(400, 'GoneException'), 'gone'],
  ['that name with an address behind it', namedAnswer(400, 'GoneException:http://x/'), 'gone'],
  ['the name of a limit with another status', namedAnswer(400, 'LimitExceededException'), 'throttled'],
  [
    'the name of a large frame with another status',
    namedAnswer(400, 'PayloadTooLargeException'),
    'too-large',
  ],
  ['500', { status: 500, body: '{"message":"Internal server error"}' }, 'unavailable'],
  ['503', { status: 503 }, 'unavailable'],
  ['a cut connection', 'drop', 'unavailable'],
];

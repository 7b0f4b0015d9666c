import { clientUrl, type Deployment } from './deployment.ts';
import { edgeStatusMend, networkFailure } from './network-failure.ts';
import { dialRaw, HandshakeRefused, type TimedFrame } from './raw-dial.ts';
import { CheckFailed, type Finding } from './report.ts';

const TIMEOUT_IN_MS = 10_000;

export async function checkUp({ url }: Deployment): Promise<Finding<true>> {
  const target = new URL('/up', url);
  const expected = `${target} to answer 200 {"health":"OK"}`;
  const began = performance.now();
  let response: Response;
  try {
    response = await fetch(target, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_IN_MS) });
  } catch (error) {
    throw networkFailure(target, expected, error);
  }
  const text = await response.text();
  if (response.status === 200 && healthOf(text) === 'OK') {
    return { detail: `${target} says {"health":"OK"} after ${since(began)} ms`, value: true };
  }
  throw new CheckFailed({
    expected,
    came: `it answered ${response.status} ${text.slice(0, 80)}`,
    mend: edgeStatusMend(response.status === 200 ? 404 : response.status),
  });
}

/** A Pusher client waits ten seconds for the greeting, and then dials again. */
export async function checkGreeting(deployment: Deployment): Promise<Finding<true>> {
  const expected = 'pusher:connection_established within 10 s';
  const frame = await firstFrame(deployment, deployment.appKey, expected);
  const { socket_id, activity_timeout, code } = (frame.data ?? {}) as Readonly<Record<string, unknown>>;
  if (frame.event === 'pusher:error') {
    throw new CheckFailed({
      expected,
      came: `it was refused with ${code}`,
      mend:
        code === 4001
          ? 'The app key of the outputs is not the one that connect checks: deploy all stacks again, with one configuration.'
          : 'The app is over its quota of connections (4004) or the origin is not allowed (4009): see limits and allowedOrigins.',
    });
  }
  if (frame.event !== 'pusher:connection_established' || !/^\d+\.\d+$/.test(String(socket_id))) {
    throw new CheckFailed({
      expected: `${expected}, with a socket_id of the form digits.digits`,
      came: `the first frame was ${frame.event || 'no frame of the protocol'}`,
      mend: 'Another server answers at this address, or an older version of this one: deploy all stacks again.',
    });
  }
  return {
    detail: `greeted after ${frame.after} ms, activity timeout ${activity_timeout} s`,
    value: true,
  };
}

export async function checkUnknownKey(deployment: Deployment): Promise<Finding<true>> {
  const expected =
    'pusher:error 4001 as the first frame for an unknown key, so that the client stops dialling';
  const frame = await firstFrame(deployment, 'verify-unknown-key', expected);
  const { code } = (frame.data ?? {}) as Readonly<Record<string, unknown>>;
  if (frame.event === 'pusher:error' && code === 4001) {
    return { detail: `refused with 4001 after ${frame.after} ms`, value: true };
  }
  throw new CheckFailed({
    expected,
    came: `the first frame was ${frame.event} ${JSON.stringify(frame.data)}`,
    mend: 'The function connect does not compare the app key: deploy the realtime stack again.',
  });
}

async function firstFrame(deployment: Deployment, key: string, expected: string): Promise<TimedFrame> {
  const url = new URL(clientUrl(deployment, key));
  const connection = await dialRaw(url.href).catch((error: unknown) => {
    if (!(error instanceof HandshakeRefused)) throw networkFailure(url, expected, error);
    throw new CheckFailed({
      expected,
      came: `the handshake was answered ${error.message}`,
      mend: edgeStatusMend(error.status),
    });
  });
  try {
    return await connection.nextFrame(TIMEOUT_IN_MS);
  } catch (error) {
    throw new CheckFailed({
      expected,
      came:
        error instanceof Error && error.name === 'TimeoutError'
          ? 'the connection stood, but no frame came in 10 s'
          : 'the connection was closed without a frame',
      mend: 'The greeting comes from the function lifecycle, on the stream of the Connections table: see its logs, and that its event source mapping is enabled.',
    });
  } finally {
    connection.close();
  }
}

function healthOf(text: string): unknown {
  try {
    return JSON.parse(text).health;
  } catch {
    return undefined;
  }
}

const since = (began: number): number => Math.round(performance.now() - began);

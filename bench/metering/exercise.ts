import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importPKCS8, SignJWT } from 'jose';
import Pusher from 'pusher';
import type { DemoIssuer } from '../../examples/dashboard/server/demo-token.ts';
import type { Actors } from './actors.ts';
import { waitAsOnAws } from './aws-waits.ts';
import type { MeasuredDeployment } from './measured-deployment.ts';
import type { PusherSocket } from './pusher-socket.ts';

/** Enough for a median, and few enough that an environment is as warm as one that is not used all day. */
const REPETITIONS = 6;
/** Listeners of one notification. */
const LISTENERS = 5;
/** Long enough to be greeted and subscribed, waits in slow motion included. */
const GUEST_STAYS = '15s';
const PRESENCE = 'presence-commerce.12';

/** Comes by every function of the deployment, with events of the size that they have when a shop's screens are told of a payment. */
export async function exerciseAll(
  deployment: MeasuredDeployment,
  actors: Actors,
  issuer: DemoIssuer,
): Promise<void> {
  const { world, output } = deployment;
  const fault = failingUntilQueued(deployment);
  const answerAtOnce = waitAsOnAws(world.faults);
  const api = new Pusher({
    appId: output('AppId'),
    key: output('AppKey'),
    secret: output('AppSecret'),
    host: '127.0.0.1',
    port: new URL(output('Url')).port,
    useTLS: false,
  });
  // The first to come, alone, so that a first event is one with a token; the others meanwhile. Their tokens end in a moment, and their connections with them.
  const comeAsGuest = async (): Promise<PusherSocket> =>
    actors.connect(['pregonero', `bearer.${await token(issuer, GUEST_STAYS)}`]);
  const first = await comeAsGuest();
  const guests = Array.from({ length: REPETITIONS - 1 }, async () => (await comeAsGuest()).closed());
  const listeners = await Promise.all(
    Array.from({ length: LISTENERS }, async () => {
      const listener = await actors.connect();
      await actors.subscribe(listener, 'private-commerce.12');
      return listener;
    }),
  );
  for (let index = 0; index < REPETITIONS; index += 1) {
    await actors.notify('private-commerce.12', listeners);
    fault.begin();
    await actors.notify('private-commerce.12', listeners);
    await api.trigger('private-commerce.12', 'notification.created', { id: index });
    const member = await actors.connect();
    await actors.subscribe(
      member,
      PRESENCE,
      JSON.stringify({ user_id: `user-${index}`, user_info: { name: 'Ana' } }),
    );
    member.send('client-typing', { at: 'the till' }, PRESENCE);
    await authorize(deployment, await token(issuer, '10m'), member.socketId);
    await member.close();
    await deployment.quiet();
  }
  await Promise.all([first.closed(), ...guests]);
  await Promise.all(listeners.map((listener) => listener.close()));
  await deployment.quiet();
  answerAtOnce();
  fault.end();
}

/** From `begin`, posts of the broadcaster fail until it has put a delivery onto the retry queue. The first rule that answers decides, so it comes before others. */
function failingUntilQueued({ world }: MeasuredDeployment): { begin(): void; end(): void } {
  let failing = false;
  const end = world.faults.onRequest(({ caller, service }) => {
    if (!failing || !caller.endsWith('broadcast')) return undefined;
    if (service === 'sqs') failing = false;
    return service === 'execute-api' ? { kind: 'server-error' } : undefined;
  });
  return {
    begin: () => {
      failing = true;
    },
    end,
  };
}

async function authorize({ world }: MeasuredDeployment, bearer: string, socketId: string): Promise<void> {
  const answer = await fetch(`${world.edge.origin}/broadcasting/auth`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ socket_id: socketId, channel_name: 'private-commerce.12' }),
  });
  if (!answer.ok) throw new Error(`channel-auth answered ${answer.status}: ${await answer.text()}`);
}

async function token(issuer: DemoIssuer, lifetime: string): Promise<string> {
  return new SignJWT({ [issuer.JwtTenantClaim]: 12, [issuer.JwtUserClaim]: 'user-7' })
    .setProtectedHeader({ alg: issuer.JwtAlgorithm })
    .setIssuer(issuer.JwtIssuer)
    .setAudience(issuer.JwtAudience)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(await importPKCS8(issuer.JwtPrivateKey, issuer.JwtAlgorithm));
}

/** An API that is told of webhooks, and that gives out the keys of its tokens. */
export async function startApi(issuer: DemoIssuer): Promise<{
  readonly webhookUrl: string;
  readonly jwksUrl: string;
  stop(): void;
}> {
  const jwk = createPublicKey(issuer.JwtPrivateKey).export({ format: 'jwk' });
  const keys = JSON.stringify({ keys: [{ ...jwk, alg: issuer.JwtAlgorithm, use: 'sig' }] });
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end(request.url === '/jwks.json' ? keys : ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    webhookUrl: `${origin}/hooks`,
    jwksUrl: `${origin}/jwks.json`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

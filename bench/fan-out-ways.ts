import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { Pool } from 'undici';
import {
  encodeConnectionId,
  PostSigner,
  type SignedBody,
  signedBody,
} from '../lambdas/adapters/api-gateway/post-signer.ts';
import { SignedPostGateway } from '../lambdas/adapters/api-gateway/signed-post.ts';
import { systemClock as clock } from '../lambdas/adapters/system/system-clock.ts';

/** Resolves when the frame has been taken. */
type Post = (connectionId: string, frame: string) => Promise<unknown>;

const region = 'us-east-1';
/** With a session token as long as Lambda's are. */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 't'.repeat(700) };
const SOCKETS = 128;

/** The ways to post to a stage at a port of this machine. The first is the plain one. */
export const ways: Readonly<Record<string, (port: number) => Post>> = {
  'plain SDK client': (port) => {
    const httpAgent = { keepAlive: true, maxSockets: SOCKETS };
    const endpoint = `http://127.0.0.1:${port}/prod`;
    const client = new ApiGatewayManagementApiClient({
      endpoint,
      region,
      credentials,
      requestHandler: { httpAgent },
    });
    return (ConnectionId, Data) => client.send(new PostToConnectionCommand({ ConnectionId, Data }));
  },
  'node:http, signed here': (port) => {
    const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
    return signed(port, (path, headers, body) => {
      return new Promise((resolve, reject) => {
        const outgoing = request(
          { host: '127.0.0.1', port, method: 'POST', path, agent, headers },
          (answer) => {
            answer.resume();
            answer.on('end', resolve);
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    });
  },
  'undici request, signed here': (port) => {
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: SOCKETS });
    return signed(port, async (path, headers, body) => {
      const answer = await pool.request({ method: 'POST', path, headers, body });
      await answer.body.dump();
    });
  },
  'undici dispatch, signed here': (port) => {
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: SOCKETS });
    return signed(port, (path, headers, body) => {
      return new Promise((resolve, reject) => {
        pool.dispatch(
          { method: 'POST', path, headers, body },
          {
            onRequestStart() {},
            onResponseStart() {},
            onResponseData() {},
            onResponseEnd: () => resolve(undefined),
            onResponseError: (_, error) => reject(error),
          },
        );
      });
    });
  },
  ours: (port) => {
    const endpoint = `http://127.0.0.1:${port}/prod`;
    const gateway = new SignedPostGateway({ endpoint, region, credentials: () => credentials, clock });
    return async (connectionId, frame) => {
      const outcome = await gateway.post(connectionId, frame);
      if (outcome !== 'delivered')
        throw new Error(`The sink expected every post to be taken, not to be ${outcome}.`);
    };
  },
  'bytes on sockets, unsigned': (port) => {
    const idle: Socket[] = [];
    return (connectionId, frame) => {
      const socket = idle.pop() ?? connect({ port, host: '127.0.0.1', noDelay: true });
      return new Promise((resolve, reject) => {
        socket.once('error', reject);
        socket.once('data', () => {
          socket.off('error', reject);
          idle.push(socket);
          resolve(undefined);
        });
        const length = Buffer.byteLength(frame);
        socket.write(
          `POST /prod/@connections/${connectionId} HTTP/1.1\r\ncontent-length: ${length}\r\n\r\n${frame}`,
        );
      });
    };
  },
};

/** What the hot path does once for a notification is done once here too: only the transport differs. */
function signed(
  port: number,
  send: (path: string, headers: Record<string, string>, body: Buffer) => Promise<unknown>,
): Post {
  const host = `127.0.0.1:${port}`;
  const signer = new PostSigner({ host, stagePath: '/prod', region });
  let latest: { readonly frame: string; readonly body: SignedBody } | undefined;
  return (connectionId, frame) => {
    if (latest?.frame !== frame) latest = { frame, body: signedBody(frame) };
    const { bytes, hash } = latest.body;
    const id = encodeConnectionId(connectionId);
    const signature = signer.sign(id, hash, credentials, Date.now());
    const headers = { host, 'content-length': String(bytes.length), ...signature };
    return send(`/prod/@connections/${id}`, headers, bytes);
  };
}

import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  SignedPostGateway,
  type SignedPostOptions,
} from '../../../../lambdas/adapters/api-gateway/signed-post.ts';
import { LONGEST_IDLE_IN_MILLISECONDS } from '../../../../lambdas/adapters/api-gateway/socket-pool.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
import { OK, type RawRequest, type RawStage, startRawStage } from '../../../setup/raw-stage.ts';
import { selfSigned } from '../../../setup/self-signed.ts';

const certificate = selfSigned('localhost');

let clock: VirtualClock;
let stage: RawStage;
beforeEach(() => {
  clock = new VirtualClock();
});
afterEach(() => stage.stop());

const gatewayWith = (options: Partial<SignedPostOptions> = {}): SignedPostGateway =>
  new SignedPostGateway({
    endpoint: stage.endpoint,
    region: 'us-east-1',
    credentials: () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    clock,
    ...options,
  });

async function gatewayTo(
  serve: (request: RawRequest) => void,
  options?: Partial<SignedPostOptions>,
): Promise<SignedPostGateway> {
  stage = await startRawStage(serve);
  return gatewayWith(options);
}

const answered = ({ socket }: RawRequest) => socket.write(OK);

describe('a kept socket', () => {
  it('that turns out to be closed is no attempt: the post is sent at once on a new one', async () => {
    const gateway = await gatewayTo((request) => {
      if (request.indexOnSocket === 0) answered(request);
      else request.socket.destroy();
    });
    for (let index = 0; index < 3; index += 1)
      expect(await gateway.post(`${index}=`, 'frame')).toBe('delivered');
    expect(stage.requests).toHaveLength(5);
    expect(stage.sockets).toHaveLength(3);
    const [, failed, again] = stage.requests;
    expect(again?.text).toBe(failed?.text);
  });

  it('that is closed on the new one as well makes the connection unavailable', async () => {
    const gateway = await gatewayTo((request) => {
      if (request.index === 0) answered(request);
      else request.socket.destroy();
    });
    expect(await gateway.post('a=', 'frame')).toBe('delivered');
    expect(await gateway.post('a=', 'frame')).toBe('unavailable');
    expect(stage.requests).toHaveLength(3);
  });

  it('that breaks in the middle of an answer has been an attempt', async () => {
    const gateway = await gatewayTo((request) => {
      if (request.indexOnSocket === 0) answered(request);
      else request.socket.end('HTTP/1.1 200 OK\r\nContent-Le');
    });
    expect(await gateway.post('a=', 'frame')).toBe('delivered');
    expect(await gateway.post('a=', 'frame')).toBe('unavailable');
    expect(stage.requests).toHaveLength(2);
  });

  it('that was closed while nobody used it is not used again', async () => {
    const gateway = await gatewayTo(answered);
    expect(await gateway.post('a=', 'frame')).toBe('delivered');
    const closed = once(stage.sockets[0] as object as NodeJS.EventEmitter, 'close');
    stage.sockets[0]?.end();
    await closed;
    await expect
      .poll(async () => {
        await gateway.post('a=', 'frame');
        return stage.sockets.length;
      })
      .toBe(2);
  });

  it('that was idle for too long is closed and not used again: it may have been forgotten on its way', async () => {
    const gateway = await gatewayTo(answered);
    await gateway.post('a=', 'frame');
    clock.advance(LONGEST_IDLE_IN_MILLISECONDS);
    await gateway.post('a=', 'frame');
    expect(stage.sockets).toHaveLength(1);
    const closed = once(stage.sockets[0] as object as NodeJS.EventEmitter, 'close');
    clock.advance(LONGEST_IDLE_IN_MILLISECONDS + 1);
    await gateway.post('a=', 'frame');
    expect(stage.sockets).toHaveLength(2);
    await closed;
  });

  it('whose answer says that it was the last is closed and not used again', async () => {
    const gateway = await gatewayTo(({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
    );
    for (let index = 0; index < 3; index += 1) expect(await gateway.post('a=', 'frame')).toBe('delivered');
    expect(stage.sockets).toHaveLength(3);
    await expect.poll(() => stage.sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it('on which something comes that nobody has asked for is not used again: it would pass for the next answer', async () => {
    const gateway = await gatewayTo(answered);
    expect(await gateway.post('a=', 'frame')).toBe('delivered');
    stage.sockets[0]?.write('HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n');
    const first = stage.sockets[0];
    await expect.poll(() => first?.destroyed).toBe(true);
    expect(await gateway.post('a=', 'frame')).toBe('delivered');
    expect(stage.sockets).toHaveLength(2);
  });

  it('takes an answer that comes in pieces, in chunks, or to the end of the socket', async () => {
    const answers = [
      ['HTTP/1.1 410 Go', 'ne\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngo', 'ne\r\n0\r\n', '\r\n'],
      ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na', 'bc'],
    ];
    const gateway = await gatewayTo(async ({ socket, index }) => {
      const pieces = answers[index];
      if (pieces === undefined) socket.end('HTTP/1.0 410 Gone\r\n\r\n<html>');
      for (const piece of pieces ?? []) {
        socket.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect(await gateway.post('a=', 'frame')).toBe('gone');
    expect(await gateway.post('a=', 'frame')).toBe('delivered');
    expect(await gateway.post('a=', 'frame')).toBe('gone');
    expect(stage.sockets).toHaveLength(1);
  });

  it('is closed when what comes is no answer, and that is thrown', async () => {
    const gateway = await gatewayTo(({ socket }) => socket.write('SSH-2.0-OpenSSH\r\n\r\n'));
    await expect(gateway.post('a=', 'frame')).rejects.toMatchObject({ name: 'WrongAnswer' });
    await expect.poll(() => stage.sockets[0]?.destroyed).toBe(true);
  });

  it('is closed when an answer has no end, or does not come in time', async () => {
    const gateway = await gatewayTo(
      ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const drip = setInterval(() => socket.write('x: y\r\n'), 5);
        socket.on('close', () => clearInterval(drip));
      },
      { requestTimeoutInMilliseconds: 80 },
    );
    expect(await gateway.post('a=', 'frame')).toBe('unavailable');
    await expect.poll(() => stage.sockets[0]?.destroyed).toBe(true);
  });

  it('is given the whole time for each of its requests', async () => {
    const gateway = await gatewayTo(
      ({ socket, index }) => setTimeout(() => socket.write(OK), index < 6 ? 60 : 0),
      {
        requestTimeoutInMilliseconds: 300,
      },
    );
    for (let index = 0; index < 8; index += 1) expect(await gateway.post('a=', 'frame')).toBe('delivered');
    expect(stage.sockets).toHaveLength(1);
  });

  it('speaks TLS to a stage of https, whose certificate has to be for it', async () => {
    stage = await startRawStage(answered, certificate);
    const gateway = gatewayWith({ certificateAuthority: certificate.cert });
    for (let index = 0; index < 3; index += 1) expect(await gateway.post('a=', 'señal')).toBe('delivered');
    expect(stage.sockets).toHaveLength(1);
    expect(stage.requests[2]?.text).toMatch(
      /^POST \/production\/@connections\/a%3D HTTP\/1.1\r\n[\s\S]*señal$/,
    );
  });

  it('is none where nobody vouches for the certificate: nothing is sent, and that is thrown', async () => {
    stage = await startRawStage(answered, certificate);
    await expect(gatewayWith().post('a=', 'frame')).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    await expect(
      gatewayWith({ certificateAuthority: selfSigned('elsewhere').cert }).post('a=', 'frame'),
    ).rejects.toThrow();
    expect(stage.requests).toEqual([]);
  });
});

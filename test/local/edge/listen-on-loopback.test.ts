import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../../local/runtime/edge/listen-on-loopback.ts';
import { loopbacks } from '../../setup/loopbacks.ts';

async function takenPort(address: string): Promise<number> {
  const other = createServer().listen(0, address);
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  return (other.address() as AddressInfo).port;
}

describe('the port of the edge', () => {
  it.each(loopbacks)('that another program has on %s is not shared with it', async (address) => {
    const port = await takenPort(address);

    await expect(listenOnLoopback(port, () => undefined)).rejects.toThrow(
      `Port ${port} is taken by another program: stop it, or choose another port.`,
    );

    // Nothing of the attempt is left on the other address.
    for (const free of loopbacks.filter((each) => each !== address)) {
      const probe = createServer().listen(port, free);
      await once(probe, 'listening');
      probe.close();
    }
  });

  it('is open on every address of localhost, and closed on all of them', async () => {
    const listener = await listenOnLoopback(0, (server) => {
      server.on('request', (_, response) => response.end('edge'));
    });
    const answers = () =>
      Promise.all(
        loopbacks.map((address) => {
          const host = address.includes(':') ? `[${address}]` : address;
          return fetch(`http://${host}:${listener.port}`).then(
            (response) => response.text(),
            () => 'closed',
          );
        }),
      );

    expect(await answers()).toEqual(loopbacks.map(() => 'edge'));
    await listener.close();
    expect(await answers()).toEqual(loopbacks.map(() => 'closed'));
  });
});

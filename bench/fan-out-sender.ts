/** `fan-out-sender WAY PORT POSTS`: sends that many posts in that way, a hundred at once, and says what it took. */
import { randomBytes } from 'node:crypto';
import { ways } from './fan-out-ways.ts';

/** As many as the broadcaster has under way for one channel. */
const POSTS_AT_ONCE = 100;
/** One notification of the public contract, some 600 bytes. */
const FRAME = JSON.stringify({
  event: 'notification.created',
  data: JSON.stringify({
    id: 1,
    commerce_id: 12,
    source_app: 'yape',
    amount: 150.5,
    currency: 'PEN',
    body: 'x'.repeat(420),
  }),
  channel: 'private-commerce.12',
});

const [, , way = '', port, posts] = process.argv;
const post = ways[way]?.(Number(port));
if (post === undefined)
  throw new Error(`There is no way "${way}". There are: ${Object.keys(ways).join(', ')}.`);

// Compilers and sockets get warm before anything counts.
await sendAll(Math.ceil(Number(posts) / 3));
const cpu = process.cpuUsage();
const started = performance.now();
await sendAll(Number(posts));
const { user, system } = process.cpuUsage(cpu);
const seconds = (performance.now() - started) / 1_000;
console.log(
  JSON.stringify({ microseconds: (user + system) / Number(posts), perSecond: Number(posts) / seconds }),
);
process.exit(0);

async function sendAll(count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => randomBytes(11).toString('base64')).values();
  const worker = async (): Promise<void> => {
    for (const id of ids) await post?.(id, FRAME);
  };
  await Promise.all(Array.from({ length: POSTS_AT_ONCE }, worker));
}

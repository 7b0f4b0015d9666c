/**
 * Takes posts and answers each with 200, as cheaply as can be: what is measured is who sends. Says its port to who has forked it.
 */
import { type AddressInfo, createServer } from 'node:net';

/** As API Gateway answers a post that it has taken. */
const ANSWER = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Date: Tue, 24 Nov 2026 00:00:00 GMT',
    'Content-Length: 0',
    'Connection: keep-alive',
    'x-amzn-RequestId: 5b8c6f1e-3d7a-4d6f-9f0e-2a4b6c8d0e1f',
    'x-amz-apigw-id: R0oXAdfD0kwCH6w=',
    '',
    '',
  ].join('\r\n'),
);

const server = createServer((socket) => {
  socket.setNoDelay(true);
  let received = 0;
  let expected = 0;
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    received += bytes.length;
    if (expected === 0) {
      const head = bytes.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1];
      if (head === -1 || length === undefined)
        throw new Error('The sink expected a whole head in one piece.');
      expected = head + 4 + Number(length);
    }
    if (received < expected) return;
    received = 0;
    expected = 0;
    socket.write(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

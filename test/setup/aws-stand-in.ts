import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request that an SDK client has sent. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the stand-in answers; `hang` never answers, `drop` cuts the connection. */
export type StandInAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'hang'
  | 'drop';

/** A small HTTP server that answers an AWS client as AWS does, one function an answer. */
export interface AwsStandIn {
  readonly endpoint: string;
  /** What an SDK client needs to come here. */
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly requests: readonly ReceivedRequest[];
  /** How many sockets clients have opened. */
  sockets(): number;
  stop(): Promise<void>;
}

export async function startAwsStandIn(
  answer: (request: ReceivedRequest, index: number) => StandInAnswer | Promise<StandInAnswer>,
): Promise<AwsStandIn> {
  const requests: ReceivedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await receive(incoming);
    const index = requests.push(request) - 1;
    send(incoming, response, await answer(request, index));
  });
  let sockets = 0;
  server.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    clientOptions: {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    requests,
    sockets: () => sockets,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer of the AWS JSON protocols. */
export const json = (value: unknown): StandInAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(value),
});

/** An error of the AWS JSON protocols. */
export const failure = (status: number, type: string, message = ''): StandInAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type },
  body: JSON.stringify({ __type: type, message }),
});

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(incoming: IncomingMessage, response: ServerResponse, answer: StandInAnswer): void {
  if (answer === 'drop') {
    incoming.socket.destroy();
  } else if (answer !== 'hang') {
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a server got it. */
export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly body: unknown;
}

/** What a server answers; a text is a JSON text as it is. */
export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** A server that answers what a test says, and remembers what it was asked. */
export interface AnsweringServer {
  readonly url: string;
  readonly heard: readonly Heard[];
  close(): Promise<void>;
}

/** Starts a server on a free port. `/auth/token` gives `token-1`, `token-2`, … unless `answer` answers it. */
export async function answeringServer(
  answer: (request: Heard) => Reply | undefined,
): Promise<AnsweringServer> {
  const heard: Heard[] = [];
  let tokens = 0;
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const token = headers.authorization?.replace('Bearer ', '');
    const one = { method, url, token, body: await bodyOf(request) };
    heard.push(one);
    let reply = answer(one);
    if (reply === undefined && url === '/auth/token') {
      tokens += 1;
      reply = { status: 201, body: { access_token: `token-${tokens}` } };
    }
    const { status = 200, body } = reply ?? { status: 404, body: { detail: 'Not Found' } };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : JSON.parse(text);
}

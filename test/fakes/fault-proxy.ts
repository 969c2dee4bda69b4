import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request that went to a server, as a fault is chosen by. */
export interface Seen {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** The how many-th request to this proxy, from 1. */
  readonly number: number;
}

/** What befalls a request. */
export type Fault =
  /** The server carries it out; the reply never arrives. */
  | { readonly kind: 'lose reply' }
  /** The connection ends before the server learns of it. */
  | { readonly kind: 'refuse' }
  /** The reply ends in the middle of its body. */
  | { readonly kind: 'cut reply' }
  /** The reply stops in the middle of its body, and the connection stays. */
  | { readonly kind: 'stall reply' }
  /** An error of S3 instead of the server's answer. */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  /** Some other program answers. */
  | { readonly kind: 'page'; readonly status: number; readonly body: string }
  /** It takes this much longer. */
  | { readonly kind: 'delay'; readonly milliseconds: number };

export interface FaultProxy {
  readonly endpoint: string;
  /** All requests so far. */
  readonly seen: readonly Seen[];
  /** Decides about every request from then on; undefined = it passes. */
  onRequest(choose: (seen: Seen) => Fault | undefined): void;
  stop(): Promise<void>;
}

/** Stands in front of an HTTP server and harms what passes. The Host header stays, so that signatures hold. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: Seen[] = [];
  let choose: (seen: Seen) => Fault | undefined = () => undefined;
  const server = createServer((incoming, outgoing) => {
    const one = { method: incoming.method ?? '', path: incoming.url ?? '', number: seen.length + 1 };
    seen.push(one);
    treat(target, incoming, outgoing, choose(one)).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    onRequest: (chosen) => {
      choose = chosen;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The first requests of a kind meet the faults, in turn; whatever comes later passes. */
export function inTurn(method: string, ...faults: readonly Fault[]): (seen: Seen) => Fault | undefined {
  const left = [...faults];
  return (seen) => (seen.method === method ? left.shift() : undefined);
}

async function treat(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const body = await bytesOf(incoming);
  if (fault?.kind === 'refuse') return void outgoing.destroy();
  if (fault?.kind === 'answer') {
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${fault.code}</Code><Message>by the proxy</Message></Error>`;
    return void outgoing.writeHead(fault.status, { 'content-type': 'application/xml' }).end(text);
  }
  if (fault?.kind === 'page') return void outgoing.writeHead(fault.status).end(fault.body);
  if (fault?.kind === 'delay') await unlessClosed(outgoing, fault.milliseconds);
  const reply = await forward(target, incoming, body);
  if (fault?.kind === 'lose reply') return void outgoing.destroy();
  outgoing.writeHead(reply.status, reply.headers);
  if (fault?.kind !== 'cut reply' && fault?.kind !== 'stall reply') return void outgoing.end(reply.body);
  outgoing.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)), () => {
    if (fault.kind === 'cut reply') outgoing.destroy();
  });
}

interface Reply {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { method, rawHeaders, url } = incoming;
    const outgoing = httpRequest(`${target}${url}`, {
      ...(method === undefined ? {} : { method }),
      headers: rawHeaders,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (reply) => {
      bytesOf(reply).then(
        (bytes) => resolve({ status: reply.statusCode ?? 500, headers: reply.rawHeaders, body: bytes }),
        reject,
      );
    });
    outgoing.end(body);
  });
}

/** @throws when the caller does not wait */
async function unlessClosed(outgoing: ServerResponse, milliseconds: number): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  await delay(milliseconds, undefined, { signal: gone.signal });
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

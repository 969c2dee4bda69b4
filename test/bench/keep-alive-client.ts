import { connect, type Socket } from 'node:net';

/** What a run of requests took. */
export interface Load {
  /** Milliseconds to the first byte of each answer, sorted. */
  readonly firstBytesMs: readonly number[];
  readonly perSecond: number;
}

/**
 * Asks a server of this machine over connections that stay open, each with one request at a time: on a raw socket, since
 * a client of Node takes as long as the server that it is to measure.
 * @throws for any answer but 200
 */
export async function ask(
  port: number,
  paths: readonly string[],
  connections: number,
  token = '',
): Promise<Load> {
  const queue = paths.values();
  const firstBytesMs: number[] = [];
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, () => askAll(port, queue, token, firstBytesMs)));
  const seconds = (performance.now() - start) / 1000;
  return { firstBytesMs: firstBytesMs.sort((a, b) => a - b), perSecond: paths.length / seconds };
}

/** The value below which so large a part of sorted ones lies. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

async function askAll(
  port: number,
  queue: Iterator<string>,
  token: string,
  firstBytesMs: number[],
): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  for (let next = queue.next(); next.done !== true; next = queue.next())
    firstBytesMs.push(await askOne(socket, `127.0.0.1:${port}`, next.value, token));
  socket.destroy();
}

function askOne(socket: Socket, host: string, path: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let firstByteMs: number | undefined;
    let received: Buffer = Buffer.alloc(0);
    const take = (chunk: Buffer): void => {
      firstByteMs ??= performance.now() - start;
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      socket.off('data', take);
      if (received.toString('latin1', 9, 12) === '200') resolve(firstByteMs);
      else reject(new Error(received.toString('utf8', 0, 500)));
    };
    socket.on('data', take);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  });
}

function isWhole(received: Buffer): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('the answer says no length');
  return received.length >= end + 4 + Number(length);
}

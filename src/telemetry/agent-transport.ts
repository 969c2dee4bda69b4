import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { AgentAddress } from './agent-address.ts';

/** Carries datagrams to an agent. A datagram that cannot be delivered is lost. */
export interface AgentTransport {
  /** @throws Error when the system refuses it */
  send(datagram: Buffer): Promise<void>;
  close(): void;
}

/** Opens the way to an agent; no answer comes from there, so an agent that is not there may show only at a send. */
export async function openTransport(address: AgentAddress): Promise<AgentTransport> {
  if (address.kind === 'udp') return openUdp(address);
  const { path, socket } = address;
  if (socket === 'stream') return openStream(path);
  const datagrams = await openDatagrams(path);
  if (datagrams !== undefined) return socket === 'any' ? orStream(datagrams, path) : datagrams;
  if (socket === 'any') return openStream(path);
  throw new Error('this installation has no Unix datagrams: the package node-unix-socket is missing');
}

function openUdp({ host, port }: { readonly host: string; readonly port: number }): AgentTransport {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  // A run that is over does not wait for it.
  socket.unref();
  socket.on('error', () => undefined);
  return {
    send: (datagram) =>
      new Promise((resolve, reject) => {
        socket.send(datagram, port, host, (error) => (error === null ? resolve() : reject(error)));
      }),
    close: () => socket.close(),
  };
}

/**
 * Each datagram behind its length, 32 bits, little-endian: the agent's stream protocol, since 7.46
 * (https://github.com/DataDog/datadog-agent/blob/main/comp/dogstatsd/listeners/uds_common.go).
 */
function openStream(path: string): AgentTransport {
  const socket = connect(path);
  socket.unref();
  let failure: Error | undefined;
  socket.on('error', (error) => {
    failure = error;
  });
  return {
    send: (datagram) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        const length = Buffer.alloc(4);
        length.writeUInt32LE(datagram.length);
        socket.write(Buffer.concat([length, datagram]), (error) =>
          error === null || error === undefined ? resolve() : reject(error),
        );
      }),
    close: () => socket.end(),
  };
}

interface DatagramSocket {
  sendTo(
    bytes: Buffer,
    offset: number,
    length: number,
    path: string,
    done: (error?: Error | null) => void,
  ): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): void;
}

// Node knows no Unix datagrams. The package is optional: its prebuilt parts exist for Linux and macOS only.
const PACKAGE: string = 'node-unix-socket';

async function openDatagrams(path: string): Promise<AgentTransport | undefined> {
  const module: { readonly DgramSocket: new () => DatagramSocket } | undefined = await import(PACKAGE).catch(
    () => undefined,
  );
  if (module === undefined) return undefined;
  const socket = new module.DgramSocket();
  socket.on('error', () => undefined);
  return {
    send: (datagram) =>
      new Promise((resolve, reject) => {
        socket.sendTo(datagram, 0, datagram.length, path, (error) =>
          error === null || error === undefined ? resolve() : reject(error),
        );
      }),
    close: () => socket.close(),
  };
}

/** As Datadog's own clients do for `unix://`: datagrams first, a stream when the socket turns out to be one. */
function orStream(datagrams: AgentTransport, path: string): AgentTransport {
  let current = datagrams;
  return {
    send: async (datagram) => {
      try {
        await current.send(datagram);
      } catch (error) {
        if (current !== datagrams || !/EPROTOTYPE|wrong type/i.test(String(error))) throw error;
        datagrams.close();
        current = openStream(path);
        await current.send(datagram);
      }
    },
    close: () => current.close(),
  };
}

import type { Server } from 'node:http';
import { ConfigError } from '../../core/errors.ts';
import { type Database, readMeta, writeMeta } from '../state/database.ts';

/** The port that a workspace takes when it has none from last time. */
const DEFAULT_PORT = 7413;
const TRIES = 50;

/** Where a server listens. */
interface TakenPort {
  readonly port: number;
  /** The port of last time, when it is another: links to it lead nowhere. */
  readonly movedFrom?: number;
}

/**
 * Listens on 127.0.0.1: on the wanted port; else on the workspace's usual one, where links of old point to; else on the
 * one of last time, or the next that is free. The usual port stays the usual one while another program has it.
 * @throws ConfigError when the wanted port is busy.
 */
export async function takePort(server: Server, db: Database, wanted: number | undefined): Promise<TakenPort> {
  const [usual, refuge] = [portIn(db, 'port'), portIn(db, 'refuge_port')];
  const port =
    wanted === undefined
      ? await listenNear(server, usual ?? DEFAULT_PORT, refuge)
      : await listenOn(server, wanted);
  const isUsual = wanted !== undefined || usual === undefined || usual === port;
  if (isUsual) writeMeta(db, 'port', String(port));
  writeMeta(db, 'refuge_port', isUsual ? '' : String(port));
  const last = refuge ?? usual;
  return last === undefined || last === port ? { port } : { port, movedFrom: last };
}

function portIn(db: Database, key: string): number | undefined {
  return Number(readMeta(db, key) ?? 0) || undefined;
}

async function listenNear(server: Server, preferred: number, refuge: number | undefined): Promise<number> {
  const near = Array.from({ length: TRIES }, (_, step) => preferred + 1 + step);
  for (const port of [preferred, ...(refuge === undefined ? [] : [refuge]), ...near])
    if (port < 65_536 && (await tryPort(server, port))) return port;
  await tryPort(server, 0);
  return portOf(server);
}

async function listenOn(server: Server, wanted: number): Promise<number> {
  if (await tryPort(server, wanted)) return portOf(server);
  throw new ConfigError('Cannot start the workspace: the port is in use by another program.', {
    code: 'HERMES_WORKSPACE_PORT_BUSY',
    facts: { port: wanted },
    nextStep: 'Choose another with --port, or leave it out: the next free one is taken then.',
  });
}

function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const listening = (): void => {
      server.off('error', failed);
      resolve(true);
    };
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listening);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen(port, '127.0.0.1');
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

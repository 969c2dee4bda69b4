import type { Server } from 'node:http';
import { ConfigError } from '../../core/errors.ts';

/** The port that a workspace takes when it has none from last time. */
export const DEFAULT_PORT = 7413;
const TRIES = 50;

/**
 * Listens on 127.0.0.1. A wanted port must be free; otherwise the preferred one is taken, or the next free one.
 * @throws ConfigError when the wanted port is busy.
 */
export async function listenOn(
  server: Server,
  wanted: number | undefined,
  preferred: number,
): Promise<number> {
  if (wanted !== undefined) {
    if (await tryPort(server, wanted)) return portOf(server);
    throw new ConfigError('Cannot start the workspace: the port is in use by another program.', {
      code: 'HERMES_WORKSPACE_PORT_BUSY',
      facts: { port: wanted },
      nextStep: 'Choose another with --port, or leave it out: the next free one is taken then.',
    });
  }
  for (let port = preferred; port < preferred + TRIES && port < 65_536; port += 1) {
    if (await tryPort(server, port)) return port;
  }
  await tryPort(server, 0);
  return portOf(server);
}

function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

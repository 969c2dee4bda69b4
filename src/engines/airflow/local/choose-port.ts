import { createServer } from 'node:net';
import { ConfigError } from '../../../core/errors.ts';

/** Airflow's own, where it is free. */
const FIRST = 8080;
const TRIES = 50;

/**
 * The port for an Airflow that is about to start: the wanted one, else that of last time, else the next free one.
 * @throws ConfigError when the wanted one is in use
 */
export async function choosePort(wanted: number | undefined, before: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new ConfigError('Cannot start Airflow: the port is in use by another program.', {
      code: 'HERMES_AIRFLOW_PORT_BUSY',
      facts: { port: wanted },
      nextStep: 'Choose another with --port, or leave it out: the next free one is taken then.',
    });
  }
  if (before !== undefined && (await isFree(before))) return before;
  for (let port = FIRST; port < FIRST + TRIES; port += 1) if (await isFree(port)) return port;
  return anyPort();
}

/** Whether a server could listen there. */
export function isFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

function anyPort(): Promise<number> {
  return listen(0);
}

/** Listens for a moment; answers the port. */
function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(found));
    });
  });
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type GoProgram, goProgram } from '../go-program.ts';
import { temporaryFolder } from '../setup.ts';
import { startGuarded } from './guarded-process.ts';
import { freePorts, OWNER, type S3Server, STRANGER, serverFolder, whenReady } from './s3-server.ts';

/** versitygw, built the first time that it is needed. */
export const versitygwProgram: GoProgram = goProgram('github.com/versity/versitygw/cmd/versitygw', 'v1.8.0');

/** Starts versitygw over a folder, on this machine alone; it checks signatures and rights. */
export async function startVersitygw(): Promise<S3Server> {
  const program = await versitygwProgram.build();
  const root = temporaryFolder('hermes-versitygw-');
  const folders = ['data', 'users', 'versions'].map((name) => join(root, name));
  const [data = '', users = '', versions = ''] = folders;
  const [log = ''] = folders.map(serverFolder);
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const access = ['--access', OWNER.accessKeyId, '--secret', OWNER.secretAccessKey];
  const gateway = [...access, '--port', `127.0.0.1:${port}`, '--iam-dir', users, '--keep-alive', '--quiet'];
  const running = startGuarded([program, ...gateway, 'posix', '--versioning-dir', versions, data], {
    cwd: root,
    log,
  });
  const server = await whenReady(endpoint, running, log);
  const user = ['--access', STRANGER.accessKeyId, '--secret', STRANGER.secretAccessKey, '--role', 'user'];
  await promisify(execFile)(program, [
    'admin',
    ...access,
    '--endpoint-url',
    endpoint,
    'create-user',
    ...user,
  ]);
  return server;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Connection } from '../../src/artifacts/s3-client.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';
import { startGuarded } from './guarded-process.ts';
import { freePorts, OWNER, type S3Server, STRANGER, serverFolder, whenReady } from './s3-server.ts';

/** Somebody beside the owner and the stranger. */
export interface S3User {
  readonly credentials: S3Connection['credentials'];
  /** What the user may do: `Read:bucket`, `List:bucket`, `Write:bucket`. */
  readonly actions: readonly string[];
}

/** Starts SeaweedFS, from PyPI, on this machine alone; it checks signatures and rights. */
export async function startSeaweedFs(others: readonly S3User[] = []): Promise<S3Server> {
  const root = temporaryFolder('hermes-seaweedfs-');
  const data = join(root, 'data');
  const log = serverFolder(data);
  const users = join(root, 'users.json');
  const identities = [
    user(OWNER, ['Admin']),
    user(STRANGER, ['Read:other']),
    ...others.map(({ credentials, actions }) => user(credentials, actions)),
  ];
  writeFileSync(users, JSON.stringify({ identities }));
  const ports = await freePorts(8);
  const [master, masterRpc, volume, volumeRpc, filer, filerRpc, s3, s3Rpc] = ports;
  const running = startGuarded(
    [
      join(pythonTools('test'), 'weed'),
      'server',
      '-ip=127.0.0.1',
      '-ip.bind=127.0.0.1',
      `-dir=${data}`,
      `-master.port=${master}`,
      `-master.port.grpc=${masterRpc}`,
      '-master.volumeSizeLimitMB=64',
      `-volume.port=${volume}`,
      `-volume.port.grpc=${volumeRpc}`,
      '-volume.max=100',
      '-filer=true',
      `-filer.port=${filer}`,
      `-filer.port.grpc=${filerRpc}`,
      '-s3',
      `-s3.port=${s3}`,
      `-s3.port.grpc=${s3Rpc}`,
      '-s3.port.iceberg=0',
      '-s3.port.lance=0',
      `-s3.config=${users}`,
      `-s3.localSocket=${join(root, 's3.sock')}`,
      '-s3.autoCreateBucket=false',
    ],
    { cwd: root, log },
  );
  return whenReady(`http://127.0.0.1:${s3}`, running, log);
}

function user(credentials: S3Connection['credentials'], actions: readonly string[]): object {
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = credentials;
  return { name: accessKey, credentials: [{ accessKey, secretKey }], actions };
}

import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../core/errors.ts';
import { folderStore } from './folder-store.ts';
import type { ArtifactStore } from './store.ts';

/**
 * Opens the artifact store of an environment. Nothing is asked of it yet.
 * @param url `file:///folder` or `s3://bucket/prefix`
 * @throws ConfigError for a URL that names no store
 */
export async function openStore(url: string): Promise<ArtifactStore> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'file:') {
    const path = fileURLToPath(url);
    if (isAbsolute(path) && path !== '/') return folderStore(path.replace(/\/+$/, ''));
  }
  if (protocol === 's3:') {
    // On demand: the AWS SDK takes longer to load than all of Hermes.
    const { s3Store } = await import('./s3-store.ts');
    return s3Store(url);
  }
  throw new ConfigError(`Cannot open the artifact store ${JSON.stringify(url)}: it is no store URL.`, {
    code: 'HERMES_STORE_URL',
    nextStep: 'Write it as file:///folder or s3://bucket/prefix.',
  });
}

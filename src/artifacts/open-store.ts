import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../core/errors.ts';
import { folderStore } from './folder-store.ts';
import type { ArtifactStore } from './store.ts';

/**
 * Opens the artifact store of an environment.
 * @param url `file:///folder`
 * @throws ConfigError for a URL that names no store
 */
export function openStore(url: string): ArtifactStore {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'file:') {
    const path = fileURLToPath(url);
    if (isAbsolute(path) && path !== '/') return folderStore(path.replace(/\/+$/, ''));
  }
  if (protocol === 's3:') {
    throw new ConfigError(
      `Cannot open the artifact store ${url}: S3 stores are not available in this build.`,
      {
        code: 'HERMES_STORE_UNAVAILABLE',
        nextStep:
          'Use a folder (file:///…), or leave the environment out of hermes.yaml to have it embedded.',
      },
    );
  }
  throw new ConfigError(`Cannot open the artifact store ${JSON.stringify(url)}: it is no store URL.`, {
    code: 'HERMES_STORE_URL',
    nextStep: 'Write it as file:///folder or s3://bucket/prefix.',
  });
}

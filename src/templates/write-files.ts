import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../core/make-folder.ts';
import type { RenderedFile } from './render-template.ts';

/** Writes files below a folder; never over a file that is there already. */
export function writeFiles(folder: string, files: readonly RenderedFile[]): void {
  for (const path of new Set(files.map((file) => dirname(join(folder, file.path))))) {
    makeFolder(path);
  }
  for (const file of files) {
    writeFileSync(join(folder, file.path), file.bytes, { mode: file.executable ? 0o755 : 0o644, flag: 'wx' });
  }
}

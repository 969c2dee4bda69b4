import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hermesVersion } from '../../../core/package-root.ts';
import { sha256Hex } from '../../../core/sha256.ts';

/** The rooms whose code decides what a DAG file comes to. */
const ROOMS = [
  'src/artifacts',
  'src/core',
  'src/config',
  'src/dag',
  'src/engines/airflow/compile',
  'src/telemetry',
  'operators',
];

/**
 * Tells one state of Hermes' own code from another: what an older one has compiled is not taken for what this one would.
 * Released versions differ by their number; while somebody works on the code, the files do.
 */
export function codeMark(): string {
  const root = join(import.meta.dirname, '..', '..', '..', '..');
  const files = ROOMS.flatMap((room) => codeFiles(join(root, room)));
  const state = files.map((file) => {
    const { size, mtimeMs } = statSync(file);
    return `${file} ${size} ${mtimeMs}`;
  });
  // Time zones come with Node.
  const facts = [hermesVersion, process.version, process.versions.tz, ...state];
  return sha256Hex(facts.join('\n')).slice(0, 16);
}

function codeFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

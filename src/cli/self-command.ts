import { fileURLToPath } from 'node:url';

/** Program and first argument that start this very Hermes: built or from sources, whichever runs. */
export function selfCommand(): readonly [node: string, main: string] {
  const main = import.meta.url.endsWith('.ts') ? './main.ts' : './main.js';
  return [process.execPath, fileURLToPath(new URL(main, import.meta.url))];
}

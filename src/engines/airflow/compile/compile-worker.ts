import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { YamlFile } from './compile-yaml.ts';
import { packFiles } from './packed-files.ts';

/** What a thread is given. It answers with the packed files of one part after the other. */
export interface CompileWork {
  readonly files: readonly YamlFile[];
  /** V8's code cache of the process, which threads do not share by themselves. */
  readonly codeCache?: string;
}

/** Files of a part: what a part has left behind is forgotten before the next one. */
const PART = 100;

const { files, codeCache } = workerData as CompileWork;
if (codeCache !== undefined) module.enableCompileCache?.(codeCache);
// Loaded behind the line above, so that it comes from the cache.
const { compileYaml } = await import('./compile-yaml.ts');
for (let start = 0; start < files.length; start += PART) {
  const packed = packFiles(files.slice(start, start + PART).map(compileYaml));
  parentPort?.postMessage(packed, [packed.body.buffer as ArrayBuffer]);
}

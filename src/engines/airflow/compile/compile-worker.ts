import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { CompiledFile, YamlFile } from './compile-yaml.ts';

/** What a thread is given. */
export interface CompileWork {
  readonly files: readonly YamlFile[];
  /** V8's code cache of the process, which threads do not share by themselves. */
  readonly codeCache?: string;
}

/** What it answers: for each file, in their order. */
export type CompileAnswer = readonly (CompiledFile | undefined)[];

const { files, codeCache } = workerData as CompileWork;
if (codeCache !== undefined) module.enableCompileCache?.(codeCache);
// Loaded behind the line above, so that it comes from the cache.
const { compileYaml } = await import('./compile-yaml.ts');
parentPort?.postMessage(files.map(compileYaml) satisfies CompileAnswer);

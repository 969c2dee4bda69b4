import { once } from 'node:events';
import module from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CompileWork } from './compile-worker.ts';
import type { CompiledFile, YamlFile } from './compile-yaml.ts';
import { type PackedFiles, unpackFiles } from './packed-files.ts';

/** Fewer files than this are done before a thread has started. */
const WORTH_A_THREAD = 150;
const MAX_THREADS = 4;
/** Small, so that a thread cleans up in time: ten thousand files must not fill the memory of the machine. */
const HEAP = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/** Compiles YAML files, many of them in several threads. The answers stand in the order of the files. */
export async function compileYamlFiles(files: readonly YamlFile[]): Promise<(CompiledFile | undefined)[]> {
  const threads = Math.min(availableParallelism(), MAX_THREADS, Math.floor(files.length / WORTH_A_THREAD));
  if (threads < 2) return compileHere(files);
  const size = Math.ceil(files.length / threads);
  const shares = Array.from({ length: threads }, (_, index) => files.slice(index * size, (index + 1) * size));
  return (await Promise.all(shares.map(compileInThread))).flat();
}

async function compileInThread(files: readonly YamlFile[]): Promise<(CompiledFile | undefined)[]> {
  const codeCache = module.getCompileCacheDir?.();
  const work: CompileWork = { files, ...(codeCache === undefined ? {} : { codeCache }) };
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./compile-worker.${ending}`, import.meta.url), {
    workerData: work,
    resourceLimits: HEAP,
  });
  const answers: (CompiledFile | undefined)[][] = [];
  worker.on('message', (part: PackedFiles) => answers.push(unpackFiles(part)));
  try {
    await once(worker, 'exit');
  } catch {
    // Its memory was too small for one of the files.
    return compileHere(files);
  }
  return answers.flat();
}

async function compileHere(files: readonly YamlFile[]): Promise<(CompiledFile | undefined)[]> {
  const { compileYaml } = await import('./compile-yaml.ts');
  return files.map(compileYaml);
}

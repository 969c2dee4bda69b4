import { once } from 'node:events';
import module from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CompileAnswer, CompileWork } from './compile-worker.ts';
import type { YamlFile } from './compile-yaml.ts';

/** Fewer files than this are done before a thread has started. */
const WORTH_A_THREAD = 150;
const MAX_THREADS = 4;

/** Compiles YAML files, many of them in several threads. The answers stand in the order of the files. */
export async function compileYamlFiles(files: readonly YamlFile[]): Promise<CompileAnswer> {
  const threads = Math.min(availableParallelism(), MAX_THREADS, Math.floor(files.length / WORTH_A_THREAD));
  if (threads < 2) {
    const { compileYaml } = await import('./compile-yaml.ts');
    return files.map(compileYaml);
  }
  const size = Math.ceil(files.length / threads);
  const shares = Array.from({ length: threads }, (_, index) => files.slice(index * size, (index + 1) * size));
  return (await Promise.all(shares.map(compileInThread))).flat();
}

async function compileInThread(files: readonly YamlFile[]): Promise<CompileAnswer> {
  const codeCache = module.getCompileCacheDir?.();
  const work: CompileWork = { files, ...(codeCache === undefined ? {} : { codeCache }) };
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./compile-worker.${ending}`, import.meta.url), {
    workerData: work,
  });
  const [answer] = (await once(worker, 'message')) as [CompileAnswer];
  return answer;
}

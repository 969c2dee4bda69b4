import { systemClock } from '../core/clock.ts';
import type { Problem } from '../core/problems.ts';
import { checkDag } from './check-dag.ts';
import { Dag } from './dag.ts';
import { loadModule } from './load-module.ts';
import type { DagsOfFile } from './load-yaml.ts';

/** Loads a `*.dag.ts` file, which runs it. `shown` turns absolute paths into what the user would type. */
export async function loadTypeScript(
  path: string,
  shown: (path: string) => string,
  clock = systemClock,
): Promise<DagsOfFile> {
  const loaded = await loadModule(path, shown, clock);
  return loaded.problem === undefined
    ? checkExport(loaded.exported, path, shown)
    : { dags: [], problems: [loaded.problem] };
}

function checkExport(value: unknown, path: string, shown: (path: string) => string): DagsOfFile {
  const exported = Array.isArray(value) ? value : [value];
  const file = shown(path);
  if (exported.length === 0 || !exported.every((item) => item instanceof Dag)) {
    const what = value === undefined ? 'has no default export' : 'exports something else by default';
    const message = `The file ${what}. Write: export default new Dag('…', { … }, () => { … }), or a list of them.`;
    return { dags: [], problems: [{ file, message }] };
  }
  const dags: readonly Dag[] = exported;
  return { dags, problems: dags.flatMap((dag) => checkDag(dag, file, shown)).sort(byPlace) };
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

import { basename } from 'node:path';
import type { JsonObject } from '../../core/json.ts';
import { printableLine } from '../../core/printable.ts';
import { redact } from '../../core/redaction.ts';
import { environmentVariables } from '../compute/clusters.ts';
import { artifactsOf, requestOf, type TaskRecord } from '../jobs/runs.ts';
import { parametersOf, type TaskLibrary, type TaskWork } from '../jobs/task-work.ts';
import { cleanLog } from './log-text.ts';
import { sizeWords } from './words.ts';

/** What a task runs: its code, with what parameters and libraries, on which tables. */
export function workFacts(task: TaskRecord, spec: JsonObject) {
  const { work, libraries } = requestOf(task);
  return {
    work: workWords(work),
    parameters: parameterRows(parametersOf(work).map((text) => cleanLog(redact(text)))),
    ...tablesOf(spec),
    artifacts: artifactsOf(task).map((artifact) => ({
      ...artifact,
      name: printableLine(artifact.name),
      location: printableLine(redact(artifact.location)),
      size: sizeWords(artifact.bytes),
    })),
    // What was fetched stands among the artifacts, with its hash.
    libraries: libraries.filter(({ kind }) => kind !== 'whl').map(libraryWords),
  };
}

function workWords(work: TaskWork) {
  if (work.kind === 'notebook') return { kind: 'notebook', name: printableLine(work.path), whole: '' };
  if (work.kind === 'wheel')
    return { kind: 'wheel', name: printableLine(`${work.packageName}: ${work.entryPoint}`), whole: '' };
  const file = printableLine(redact(work.file));
  return { kind: 'script', name: basename(file), whole: file };
}

function libraryWords(library: TaskLibrary): { readonly kind: string; readonly name: string } {
  const name = library.kind === 'pypi' ? library.requirement : library.location;
  return { kind: library.kind, name: printableLine(redact(name)) };
}

/** The tables that the task said it reads and writes, by the names that the script got for them. */
function tablesOf(spec: JsonObject): { readonly tables?: readonly { verb: string; name: string }[] } {
  const { HERMES_INPUTS: inputs = '', HERMES_OUTPUTS: outputs = '' } = environmentVariables(spec);
  const names = (list: string): string[] =>
    list
      .split(',')
      .filter((name) => name !== '')
      .map(printableLine);
  const tables = [
    ...names(inputs).map((name) => ({ verb: 'reads', name })),
    ...names(outputs).map((name) => ({ verb: 'writes', name })),
  ];
  return tables.length === 0 ? {} : { tables };
}

/** An option and its value share a row. */
function parameterRows(parameters: readonly string[]): string[][] {
  const rows: string[][] = [];
  for (const parameter of parameters) {
    const last = rows.at(-1);
    const isValue = last?.length === 1 && /^-[^=]*$/.test(last[0] ?? '') && !parameter.startsWith('-');
    if (isValue) last?.push(parameter);
    else rows.push([parameter]);
  }
  return rows;
}

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { readSourceFile } from '../core/file-trouble.ts';
import { shownPath } from '../core/nearest-file.ts';
import { type Problem, ProblemsError } from '../core/problems.ts';
import { findIdClashes } from './check-tags.ts';
import type { Dag } from './dag.ts';
import { describeDag } from './describe-dag.ts';
import { documentationFile } from './documentation-file.ts';
import { findDagFiles, isTypeScript } from './find-dag-files.ts';
import { findHermesConfig } from './find-hermes-config.ts';
import { type ConfiguredOperators, loadHermesConfig } from './hermes-config.ts';
import { loadTypeScript } from './load-typescript.ts';
import { type DagsOfFile, loadYaml } from './load-yaml.ts';
import type { OperatorKind } from './operator-kind.ts';
import type { TextPlace } from './text-place.ts';

/** A DAG without mistakes, and where it came from. */
export interface LoadedDag {
  readonly dag: Dag;
  /** Absolute path. */
  readonly file: string;
  /** The same as the user would type it. */
  readonly shownFile: string;
  /** Those that its file may use: of Hermes, and of the repository's `hermes.config.ts`. */
  readonly operators: readonly OperatorKind[];
  /** Text of `doc`, read from its file when it names one. */
  readonly documentation?: string;
  /** Where its values stand, for a file that is data. */
  readonly textPlace?: TextPlace;
}

export interface LoadedDags {
  readonly dags: readonly LoadedDag[];
  readonly problems: readonly Problem[];
  /** Those with problems, as far as they can be read: checks say what else is wrong with them. Never to be run. */
  readonly faulty: readonly LoadedDag[];
}

export interface LoadOptions {
  /** Those that Hermes brings along; each file's `hermes.config.ts` adds to them. */
  readonly operators: readonly OperatorKind[];
  /** Paths are read, and shown, relative to it. */
  readonly cwd: string;
}

/**
 * Loads DAG files, and those in folders and their subfolders. A file with a mistake gives problems and no DAG.
 * The same id may stand in several files only when they mean the same.
 */
export async function loadDags(paths: readonly string[], options: LoadOptions): Promise<LoadedDags> {
  const shown = (path: string): string => shownPath(path, options.cwd);
  const found = await findDagFiles(paths, options.cwd);
  const configs = configReader(options, shown);
  const loaded: LoadedDags[] = [];
  for (const file of found.files) {
    const { operators, problems, isBroken } = await configs(file);
    // What a broken configuration would have added is missing: the file's own mistakes could not be told from that.
    loaded.push(
      isBroken ? { dags: [], problems, faulty: [] } : await loadFile(file, { ...options, operators }, shown),
    );
  }
  const dags = loaded.flatMap((one) => one.dags);
  const problems = [found, ...loaded].flatMap((one) => one.problems);
  const faulty = loaded.flatMap((one) => one.faulty);
  return { dags, problems: [...problems, ...clashes(dags, faulty)], faulty };
}

/** Reads each `hermes.config.ts` once, and tells its mistakes once. */
function configReader({ operators, cwd }: LoadOptions, shown: (path: string) => string) {
  const known = new Map<string, ConfiguredOperators>();
  return async (file: string): Promise<ConfiguredOperators & { readonly isBroken: boolean }> => {
    const path = findHermesConfig(file, cwd);
    if (path === undefined) return { operators, problems: [], isBroken: false };
    const earlier = known.get(path);
    const config = earlier ?? (await loadHermesConfig(path, operators, shown));
    known.set(path, config);
    const isBroken = config.problems.length > 0;
    return { ...config, problems: earlier === undefined ? config.problems : [], isBroken };
  };
}

async function loadFile(
  file: string,
  options: LoadOptions,
  shown: (path: string) => string,
): Promise<LoadedDags> {
  const result = await readDags(file, options, shown);
  const dags: LoadedDag[] = [];
  const problems: Problem[] = [...result.problems];
  const { faulty = [], textPlaces } = result;
  const whereFrom = (dag: Dag): LoadedDag => {
    const textPlace = textPlaces?.get(dag);
    const own = { dag, file, shownFile: shown(file), operators: options.operators };
    return textPlace === undefined ? own : { ...own, textPlace };
  };
  for (const dag of [...result.dags, ...faulty]) {
    const { text, problem } = await readDocumentation(dag, file, shown(file));
    if (problem !== undefined) problems.push(problem);
    const loaded = whereFrom(dag);
    dags.push(text === undefined ? loaded : { ...loaded, documentation: text });
  }
  return problems.length > 0 ? { dags: [], problems, faulty: dags } : { dags, problems, faulty: [] };
}

async function readDags(
  file: string,
  { operators }: LoadOptions,
  shown: (path: string) => string,
): Promise<DagsOfFile> {
  try {
    const text = readSourceFile(file, shown(file));
    return isTypeScript(file) ? await loadTypeScript(file, shown) : loadYaml(shown(file), text, operators);
  } catch (error) {
    if (error instanceof ProblemsError) return { dags: [], problems: error.problems };
    throw error;
  }
}

async function readDocumentation(
  dag: Dag,
  file: string,
  shownFile: string,
): Promise<{ text?: string; problem?: Problem }> {
  const doc = dag.options?.doc;
  if (typeof doc !== 'string') return {};
  const path = documentationFile(doc, file);
  if (path === undefined) return { text: doc };
  try {
    return { text: await readFile(path, 'utf8') };
  } catch {
    const message = `doc names ${doc}, which cannot be read. The path counts from the folder of the DAG file.`;
    return { problem: { file: shownFile, ...linesOf(dag), message } };
  }
}

function linesOf(dag: Dag): { line?: number; column?: number } {
  return dag.place === undefined ? {} : { line: dag.place.line, column: dag.place.column };
}

/** Ids that two DAGs have; those with mistakes of their own among them, so that all is told at once. */
function clashes(sound: readonly LoadedDag[], faulty: readonly LoadedDag[]): Problem[] {
  const named = faulty.filter(({ dag: { dagId } }) => typeof dagId === 'string' && dagId !== '');
  const dags = [...sound, ...named];
  const tagged = findIdClashes(
    'dag',
    dags.map(({ dag }) => dag.dagId),
  ).flatMap(({ index, message }) => {
    const loaded = dags[index];
    return loaded === undefined ? [] : [{ file: loaded.shownFile, ...linesOf(loaded.dag), message }];
  });
  return [...tagged, ...idClashes(dags, new Set(named))];
}

function idClashes(dags: readonly LoadedDag[], faulty: ReadonlySet<LoadedDag>): Problem[] {
  const first = new Map<string, LoadedDag>();
  return dags.flatMap((one) => {
    const other = first.get(one.dag.dagId);
    if (other === undefined) first.set(one.dag.dagId, one);
    if (other === undefined) return [];
    const isJudged = !faulty.has(one) && !faulty.has(other);
    const isCopy = isJudged ? isSameDag(other, one) : isSameText(other.file, one.file);
    if (other.file !== one.file && isCopy) return [];
    const message = `The DAG id "${one.dag.dagId}" is taken by another DAG in ${other.shownFile}. Airflow keeps one DAG of an id.`;
    return [{ file: one.shownFile, ...linesOf(one.dag), message }];
  });
}

function isSameDag(a: LoadedDag, b: LoadedDag): boolean {
  return isDeepStrictEqual(describeDag(a.dag), describeDag(b.dag));
}

/** All that can be told of DAGs with mistakes. */
function isSameText(one: string, other: string): boolean {
  return readFileSync(one).equals(readFileSync(other));
}

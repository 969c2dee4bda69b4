import { operators } from '../../../../operators/registry.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { documentationFile } from '../../../dag/documentation-file.ts';
import { loadYaml } from '../../../dag/load-yaml.ts';
import { compileDag } from './compile-dags.ts';
import type { CompiledDag } from './plan-build.ts';
import { readBytes } from './read-bytes.ts';

/** What a DAG file comes to; `undefined` in its place says that it has mistakes. */
export interface CompiledFile {
  readonly dags: readonly Omit<Required<CompiledDag>, 'source'>[];
  /** The documentation files that it names, as it names them, and the hashes of what they held. */
  readonly docs: readonly { readonly doc: string; readonly sha256: string }[];
}

/** A YAML file whose tasks are of Hermes' own operators. */
export interface YamlFile {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/** Compiles the DAGs of a YAML text. What is wrong with it is told by `loadDags`, for all files at once. */
export function compileYaml({ file, text }: YamlFile): CompiledFile | undefined {
  const { dags, problems } = loadYaml(file, text, operators);
  if (problems.length > 0) return undefined;
  const docs = new Map<string, string>();
  const compiled = dags.map((dag) => {
    const { doc } = dag.options;
    const path = doc === undefined ? undefined : documentationFile(doc, file);
    const bytes = path === undefined ? undefined : readBytes(path);
    if (doc !== undefined && bytes !== undefined) docs.set(doc, sha256Hex(bytes));
    if (path !== undefined && bytes === undefined) return undefined;
    return compileDag(dag, bytes?.toString('utf8') ?? doc);
  });
  const whole = compiled.filter((dag) => dag !== undefined);
  if (whole.length < compiled.length) return undefined;
  return { dags: whole, docs: [...docs].map(([doc, sha256]) => ({ doc, sha256 })) };
}

import type { Problem } from '../core/problems.ts';
import { findHermesConfig } from './find-hermes-config.ts';
import { loadModule } from './load-module.ts';
import type { OperatorKind } from './operator-kind.ts';

/** What a repository adds to Hermes: the default export of its `hermes.config.ts`. */
export interface HermesConfig {
  /** Operators of the team, made by `defineOperator`. */
  readonly operators: readonly { readonly kind: OperatorKind }[];
}

/** Gives the default export of `hermes.config.ts` its type. */
export function defineConfig(config: HermesConfig): HermesConfig {
  return config;
}

const EXAMPLE = 'Write: export default defineConfig({ operators: [NotebookOperator] }).';

/** The operators that DAG files of a folder may use, or why that cannot be told. */
export interface ConfiguredOperators {
  readonly operators: readonly OperatorKind[];
  readonly problems: readonly Problem[];
}

/** The operators that a DAG file may use: those that Hermes brings along, and those of its `hermes.config.ts`. */
export async function operatorsFor(
  dagFile: string,
  { operators, cwd }: { readonly operators: readonly OperatorKind[]; readonly cwd: string },
  shown: (path: string) => string,
): Promise<ConfiguredOperators> {
  const path = findHermesConfig(dagFile, cwd);
  return path === undefined ? { operators, problems: [] } : loadHermesConfig(path, operators, shown);
}

/** Runs a `hermes.config.ts` and adds its operators to those that Hermes brings along. */
export async function loadHermesConfig(
  path: string,
  brought: readonly OperatorKind[],
  shown: (path: string) => string,
): Promise<ConfiguredOperators> {
  const loaded = await loadModule(path, shown);
  const problems =
    loaded.problem === undefined
      ? configProblems(loaded.exported, brought).map((message) => ({ file: shown(path), message }))
      : [loaded.problem];
  if (problems.length > 0 || loaded.problem !== undefined) return { operators: brought, problems };
  const { operators } = loaded.exported as HermesConfig;
  return { operators: [...brought, ...operators.map(({ kind }) => kind)], problems };
}

function configProblems(value: unknown, brought: readonly OperatorKind[]): string[] {
  if (!isObject(value)) {
    const what = value === undefined ? 'has no default export' : 'exports something else by default';
    return [`The file ${what}. ${EXAMPLE}`];
  }
  const unknown = Object.keys(value).filter((key) => key !== 'operators');
  if (unknown.length > 0) return [`${unknown[0]} is not a setting of Hermes. Allowed: operators.`];
  const { operators } = value;
  if (!Array.isArray(operators)) return [`operators must be a list. ${EXAMPLE}`];
  const strange = operators.findIndex((item) => !isOperator(item));
  if (strange >= 0)
    return [`operators.${strange} is no operator: it must be what defineOperator answers. ${EXAMPLE}`];
  return clashes(
    operators.map(({ kind }: { kind: OperatorKind }) => kind),
    brought,
  );
}

/** A key, and the name that people read, belong to one operator each. */
function clashes(kinds: readonly OperatorKind[], brought: readonly OperatorKind[]): string[] {
  return kinds.flatMap((kind, index) => {
    const earlier = [...brought, ...kinds.slice(0, index)];
    const sameKey = earlier.find(({ key }) => key === kind.key);
    const sameName = earlier.find(({ operatorName }) => operatorName === kind.operatorName);
    const other = sameKey ?? sameName;
    if (other === undefined) return [];
    const what = sameKey === undefined ? `operatorName "${kind.operatorName}"` : `key "${kind.key}"`;
    const whose = brought.includes(other) ? 'an operator of Hermes' : 'another operator here';
    return [`operators.${index}: the ${what} is taken by ${whose}, ${other.operatorName}. Choose another.`];
  });
}

function isOperator(value: unknown): value is { readonly kind: OperatorKind } {
  return typeof value === 'function' && isObject(Reflect.get(value, 'kind'));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

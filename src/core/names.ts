import { printableLine } from './printable.ts';

/**
 * Rules for the names that end up in S3 keys, YAML, TOML, shell lines, Python modules and cluster tags.
 * Each check answers with the reason a name is refused, or undefined when it is fine.
 */
const NAME = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/;
const MAX_LENGTH = 50;

/** A module of these names would hide a part of the template, or the module that Hermes puts beside every script. */
export const RESERVED_PROJECTS: ReadonlySet<string> = new Set([
  'test',
  'tests',
  'site',
  'build',
  'dist',
  'dags',
  'variables',
  'build_tools',
  'hermes_runtime',
]);
/**
 * Modules of Python that a project of this name would hide from itself, or be hidden by: those that scripts import.
 * All of them: https://docs.python.org/3/library/sys.html#sys.stdlib_module_names
 */
export const PYTHON_MODULES: ReadonlySet<string> = new Set(
  (
    'abc argparse array ast asyncio base64 bisect calendar cmath cmd code codecs collections concurrent configparser ' +
    'contextlib copy csv ctypes dataclasses datetime decimal difflib dis doctest email enum errno fractions functools ' +
    'getpass glob gzip hashlib heapq hmac html http importlib inspect io ipaddress itertools json keyword linecache ' +
    'locale logging math mimetypes multiprocessing numbers operator os pathlib pickle pkgutil platform pprint profile ' +
    'queue random re sched secrets select shutil signal socket sqlite3 ssl stat statistics string struct subprocess ' +
    'sys sysconfig tarfile tempfile textwrap threading time timeit token tokenize trace traceback types typing ' +
    'unicodedata unittest urllib uuid venv warnings weakref xml zipfile zlib zoneinfo'
  ).split(' '),
);
const PYTHON_KEYWORDS = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** A team, which is also a Databricks group: lower-case words joined by `-` or `_`. */
export function teamNameProblem(name: string): string | undefined {
  return shapeProblem('team', name);
}

/** A repository: as a team. */
export function repositoryNameProblem(name: string): string | undefined {
  return shapeProblem('repository', name);
}

/** A project: as a script, and no module that Python brings along. */
export function projectNameProblem(name: string): string | undefined {
  const problem = scriptNameProblem(name);
  if (problem !== undefined) return problem.replace(/^script/, 'project');
  if (!PYTHON_MODULES.has(name.replaceAll('-', '_'))) return undefined;
  return `project name "${name}" is the name of a module of Python; choose another. For example: my-${name}`;
}

/** A script: as a team, and fit to be a Python module. */
export function scriptNameProblem(name: string): string | undefined {
  const shape = shapeProblem('script', name);
  if (shape !== undefined) return shape;
  const module = name.replaceAll('-', '_');
  if (PYTHON_KEYWORDS.has(module)) return `script name "${name}" is a Python keyword; choose another.`;
  if (RESERVED_PROJECTS.has(module)) return `script name "${name}" is reserved; choose another.`;
  return undefined;
}

/** The name of a project that is nearest to a text; undefined when none is near. */
export function projectNameNear(text: string): string | undefined {
  const name = shapedName(text);
  return name === undefined || projectNameProblem(name) !== undefined ? undefined : name;
}

function shapeProblem(kind: string, name: string): string | undefined {
  if (name === '') return `${kind} name is empty; use lower-case letters, digits, "-" and "_".`;
  if (name.length > MAX_LENGTH)
    return `${kind} name "${printableLine(name.slice(0, 20))}…" has ${name.length} characters; at most ${MAX_LENGTH}.`;
  if (NAME.test(name)) return undefined;
  const suggestion = shapedName(name);
  const hint = suggestion === undefined ? '' : ` For example: ${suggestion}`;
  return `${kind} name ${printableLine(JSON.stringify(name))} is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them.${hint}`;
}

function shapedName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+|[-_]+$/g, '')
    .replace(/([-_])[-_]+/g, '$1');
  return NAME.test(name) ? name : undefined;
}

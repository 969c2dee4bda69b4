/**
 * Rules for the names that end up in S3 keys, YAML, TOML, shell lines, Python modules and cluster tags.
 * Each check answers with the reason a name is refused, or undefined when it is fine.
 */
const NAME = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/;
const MAX_LENGTH = 50;

// A module of these names would hide Python's own or a part of the template.
const RESERVED_PROJECTS = new Set([
  'test',
  'tests',
  'site',
  'build',
  'dist',
  'dags',
  'variables',
  'build_tools',
]);
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

/** A project or a script: as a team, and fit to be a Python module. */
export function projectNameProblem(name: string): string | undefined {
  const shape = shapeProblem('project', name);
  if (shape !== undefined) return shape;
  const module = name.replaceAll('-', '_');
  if (PYTHON_KEYWORDS.has(module)) return `project name "${name}" is a Python keyword; choose another.`;
  if (RESERVED_PROJECTS.has(module)) return `project name "${name}" is reserved; choose another.`;
  return undefined;
}

function shapeProblem(kind: string, name: string): string | undefined {
  if (name === '') return `${kind} name is empty; use lower-case letters, digits, "-" and "_".`;
  if (name.length > MAX_LENGTH)
    return `${kind} name "${name.slice(0, 20)}…" has ${name.length} characters; at most ${MAX_LENGTH}.`;
  if (NAME.test(name)) return undefined;
  const suggestion = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+|[-_]+$/g, '')
    .replace(/([-_])[-_]+/g, '$1');
  const hint = NAME.test(suggestion) ? ` For example: ${suggestion}` : '';
  return `${kind} name ${JSON.stringify(name)} is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them.${hint}`;
}

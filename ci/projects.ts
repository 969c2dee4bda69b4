import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { ConfigError } from '../src/core/errors.ts';
import { projectNameProblem } from '../src/core/names.ts';
import { parseVersion } from '../src/core/pep440.ts';
import { printableLine } from '../src/core/printable.ts';
import { type Problem, ProblemsError } from '../src/core/problems.ts';
import { didYouMean } from '../src/core/suggest.ts';
import { ask, type Git } from './git.ts';
import { locateKey } from './toml-position.ts';

/** One data product of a repository: a folder with a `pyproject.toml`. */
export interface Project {
  readonly name: string;
  /** Relative to the repository, with `/`; empty for its root. */
  readonly folder: string;
  /** Normalised; absent when the build back end works it out (`dynamic`). */
  readonly version?: string;
  /** Where the version stands, for messages: `helloworld/pyproject.toml:3`. */
  readonly versionPlace: string;
  readonly dependencies: readonly string[];
  /** What only the tests need: the extra or the dependency group `test`. */
  readonly testDependencies: readonly string[];
  readonly buildSystem: BuildSystem;
}

/** The table `[build-system]`, with the fallback of PEP 517 where it is missing. */
export interface BuildSystem {
  readonly requires: readonly string[];
  readonly backend: string;
  readonly backendPath: readonly string[];
}

const FILE = 'pyproject.toml';

const strings = z.array(z.string());
const pyprojectSchema = z.looseObject({
  project: z
    .looseObject({
      name: z.string().superRefine(refusing(projectNameProblem)).optional(),
      version: z.string().superRefine(refusing(versionProblem)).optional(),
      dynamic: strings.default([]),
      dependencies: strings.default([]),
      'optional-dependencies': z.record(z.string(), strings).default({}),
    })
    .optional(),
  'build-system': z
    .looseObject({
      requires: strings.default([]),
      'build-backend': z.string().default('setuptools.build_meta:__legacy__'),
      'backend-path': strings.default([]),
    })
    .default({
      requires: ['setuptools>=40.8.0'],
      'build-backend': 'setuptools.build_meta:__legacy__',
      'backend-path': [],
    }),
  'dependency-groups': z.record(z.string(), z.array(z.unknown())).default({}),
});

/**
 * The projects of a repository, in order of their folders: every committed or new `pyproject.toml` that describes a
 * package. Files that git ignores, that lie below a folder `tests` or a hidden folder, and files that only configure
 * tools (neither `[project]` nor `[build-system]`) are none.
 * @throws ProblemsError with every mistake of every file
 */
export async function findProjects(git: Git): Promise<Project[]> {
  const listed = await ask(git, [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    `:(top)${FILE}`,
    `:(top,glob)**/${FILE}`,
  ]);
  const files = [...new Set(listed.split('\0'))]
    .filter((file) => file !== '' && existsSync(join(git.root, file)) && !isForTests(file))
    .sort();
  return checkedProjects(files.map((file) => parseProject(file, readFileSync(join(git.root, file), 'utf8'))));
}

/**
 * The projects of a commit, whatever the work tree looks like; in order of their folders.
 * @param mistakes `refuse` throws; `ignore` leaves out what cannot be read, as in a commit that nobody can correct
 * @throws ProblemsError with every mistake of every file
 */
export async function projectsAt(
  git: Git,
  commit: string,
  mistakes: 'refuse' | 'ignore',
): Promise<Project[]> {
  const listed = await ask(git, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  const files = listed.split('\0').filter((file) => basename(file) === FILE && !isForTests(file));
  const read: ReadProject[] = [];
  for (const file of files.sort()) {
    read.push(parseProject(file, await ask(git, ['cat-file', 'blob', `${commit}:${file}`])));
  }
  return checkedProjects(mistakes === 'refuse' ? read : read.filter(({ problems }) => problems.length === 0));
}

function checkedProjects(read: readonly ReadProject[]): Project[] {
  const problems = [...read.flatMap((found) => found.problems), ...repeatedNames(read)];
  if (problems.length > 0) throw new ProblemsError(problems);
  return read.flatMap(({ project }) => (project === undefined ? [] : [project]));
}

/** The projects that a user named, all when none is. @throws ConfigError for a name that is none */
export function selectProjects(projects: readonly Project[], names: readonly string[]): readonly Project[] {
  const known = projects.map((project) => project.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known);
    throw new ConfigError(
      `Cannot find project ${name} in this repository: there are ${known.join(', ') || 'none'}.`,
      {
        code: 'HERMES_UNKNOWN_PROJECT',
        ...(hint === undefined ? {} : { nextStep: hint }),
      },
    );
  }
  return names.length === 0 ? projects : projects.filter((project) => names.includes(project.name));
}

interface ReadProject {
  readonly file: string;
  readonly project?: Project;
  readonly problems: readonly Problem[];
}

function parseProject(file: string, text: string): ReadProject {
  const raw = parseToml(text);
  if (raw instanceof TomlError) return { file, problems: [notToml(file, raw)] };
  if (raw.project === undefined && raw['build-system'] === undefined && !hasPoetry(raw))
    return { file, problems: [] };
  const content = pyprojectSchema.safeParse(raw);
  const problems = [...wrongShapes(file, text, content.error), ...missingKeys(file, text, raw.project)].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0),
  );
  if (content.data === undefined || problems.length > 0) return { file, problems };
  return { file, problems: [], project: describe(file, text, content.data) };
}

function parseToml(text: string): Readonly<Record<string, unknown>> | TomlError {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) return error;
    throw error;
  }
}

function describe(file: string, text: string, content: z.infer<typeof pyprojectSchema>): Project {
  const { project, 'build-system': build } = content;
  const version = parseVersion(project?.version ?? '')?.text;
  const groups = [
    project?.['optional-dependencies'].test ?? [],
    content['dependency-groups'].test ?? [],
  ].flat();
  const folder = dirname(file);
  return {
    name: project?.name ?? '',
    folder: folder === '.' ? '' : folder,
    ...(version === undefined ? {} : { version }),
    versionPlace: `${printableLine(file)}:${locateKey(text, 'project', 'version').line}`,
    dependencies: project?.dependencies ?? [],
    testDependencies: groups.filter((item) => typeof item === 'string'),
    buildSystem: {
      requires: build.requires,
      backend: build['build-backend'],
      backendPath: build['backend-path'],
    },
  };
}

function missingKeys(file: string, text: string, project: unknown): Problem[] {
  const at = (message: string): Problem => ({ file, ...locateKey(text, 'project', ''), message });
  if (project === undefined) return [at('The table [project] with name and version is missing (PEP 621).')];
  if (typeof project !== 'object' || project === null) return [];
  const { name, version, dynamic } = project as Readonly<Record<string, unknown>>;
  const isDynamic = Array.isArray(dynamic) && dynamic.includes('version');
  return [
    ...(name === undefined ? [at('name is missing in [project].')] : []),
    ...(version === undefined && !isDynamic
      ? [at('version is missing in [project]. For example: version = "0.1.0"')]
      : []),
  ];
}

/** Refuses a text with the reason that `problem` gives. */
function refusing(
  problem: (text: string) => string | undefined,
): (text: string, context: z.RefinementCtx) => void {
  return (text, context) => {
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  };
}

function versionProblem(text: string): string | undefined {
  const version = parseVersion(text);
  const shown = `"${printableLine(text)}"`;
  if (version === undefined)
    return `version ${shown} is not a Python version (PEP 440). For example: 1.2.0, 1.2.0rc1`;
  if (version.local === undefined) return undefined;
  return `version ${shown} has a label behind "+"; Hermes adds one to the builds of branches, so write ${version.public}.`;
}

function repeatedNames(read: readonly ReadProject[]): Problem[] {
  const first = new Map<string, string>();
  return read.flatMap(({ file, project }) => {
    if (project === undefined) return [];
    const key = project.name.replaceAll('-', '_');
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, file);
    return earlier === undefined
      ? []
      : [{ file, message: `project name ${JSON.stringify(project.name)} is taken by ${earlier}.` }];
  });
}

function notToml(file: string, { message, line, column }: TomlError): Problem {
  const reason = message.split('\n')[0]?.replace(/^Invalid TOML document: /, '');
  return { file, line, column, message: `This is not TOML: ${reason}.` };
}

function wrongShapes(file: string, text: string, error: z.ZodError | undefined): Problem[] {
  return (error?.issues ?? []).map(({ code, path, message }) => {
    const [table = '', key = ''] = path.map(String);
    const said = code === 'custom' ? message : `${path.join('.')}: ${message}`;
    return { file, ...locateKey(text, table, key), message: said };
  });
}

function hasPoetry(raw: Readonly<Record<string, unknown>>): boolean {
  return typeof raw.tool === 'object' && raw.tool !== null && 'poetry' in raw.tool;
}

function isForTests(file: string): boolean {
  return file
    .split('/')
    .slice(0, -1)
    .some((part) => part === 'tests' || part.startsWith('.'));
}

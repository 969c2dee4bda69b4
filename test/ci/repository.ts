import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Git, openGit } from '../../ci/git.ts';
import { temporaryFolder } from '../setup.ts';

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** A clone of a bare repository, both in temporary folders. */
export interface Repository {
  readonly folder: string;
  readonly origin: string;
  git(...args: string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  /** Writes, commits and pushes; answers the commit. */
  push(files: Readonly<Record<string, string>>, branch?: string): string;
  open(): Promise<Git>;
}

/** Makes a repository with `hermes.yaml` of team weather on `master`, pushed. */
export function makeRepository(files: Readonly<Record<string, string>> = {}): Repository {
  const folder = join(temporaryFolder(), 'repository');
  const origin = join(temporaryFolder(), 'origin.git');
  const run = (cwd: string, args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd,
      env: { ...process.env, ...identity },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  run(dirname(origin), ['init', '--quiet', '--bare', '-b', 'master', origin]);
  run(dirname(folder), ['init', '--quiet', '-b', 'master', folder]);
  run(folder, ['remote', 'add', 'origin', origin]);
  const repository: Repository = {
    folder,
    origin,
    git: (...args) => run(folder, args),
    write: (content) => {
      for (const [path, text] of Object.entries(content)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    },
    push: (content, branch = 'master') => {
      repository.write(content);
      run(folder, ['add', '--all']);
      run(folder, ['commit', '--quiet', '--message', 'change']);
      run(folder, ['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
      return run(folder, ['rev-parse', 'HEAD']);
    },
    open: () => openGit({ folder, env: process.env }),
  };
  repository.push({ 'hermes.yaml': 'hermes: ^1.0\nteam: weather\n', '.gitignore': '.hermes/*\n', ...files });
  return repository;
}

/** The files of a project whose script prints its version's number; `body` is the script's text. */
export function projectFiles(
  name: string,
  more: { version?: string; body?: string; test?: string; build?: string; dependencies?: string } = {},
): Record<string, string> {
  const module = name.replaceAll('-', '_');
  const build =
    more.build ??
    `[build-system]\nrequires = ["hatchling==1.33.0"]\nbuild-backend = "hatchling.build"\n\n[tool.hatch.build.targets.wheel]\npackages = ["${module}"]\n`;
  return {
    [`${name}/pyproject.toml`]: `[project]\nname = "${name}"\nversion = "${more.version ?? '0.1.0'}"\nrequires-python = ">=3.10"\ndescription = "For tests"\ndependencies = [${more.dependencies ?? ''}]\n\n${build}`,
    [`${name}/${module}/__init__.py`]: '',
    [`${name}/${module}/${module}.py`]: more.body ?? 'def answer():\n    return 42\n',
    [`${name}/tests/test_${module}.py`]:
      more.test ??
      `from ${module}.${module} import answer\n\n\ndef test_answer():\n    assert answer() == 42\n`,
  };
}

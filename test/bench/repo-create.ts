import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import type { Answers } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { type RenderedFile, templateValues } from '../../src/templates/render-template.ts';
import { readTemplate } from '../../src/templates/template-files.ts';
import { pythonTools } from '../python-tools.ts';
import { alternate, type BenchResult, median, timeCommand } from './measure.ts';

const RUNS = 31;
const PEERS = { copier: '9.19.1', cookiecutter: '2.7.1' } as const;

const answers: Answers = {
  name: 'weather',
  team: 'weather',
  project: 'helloworld',
  authorName: 'Ana López',
  authorEmail: 'ana@example.com',
};

/**
 * `hermes repo create` on disk: rendered, committed, at an origin with its receive hook, cloned from there. The peers
 * render the same files; `git init`, `add` and `commit` follow, as their users type them, without an origin.
 * Whole processes, and the same without the time in which Node and Python do nothing.
 */
export async function run(): Promise<BenchResult[]> {
  const bin = pythonTools('bench');
  const folder = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  try {
    const results: BenchResult[] = [];
    for (const peer of ['copier', 'cookiecutter'] as const) {
      const template = join(folder, `${peer}-template`);
      (peer === 'copier' ? writeCopierTemplate : writeCookiecutterTemplate)(template);
      const render = renderWith(peer, join(bin, peer), template);
      render(join(folder, `${peer}-check`));
      requireSameFiles(join(folder, `${peer}-check`));
      const inFolder = freshFolders(join(folder, peer));
      const starts = { node: [] as number[], python: [] as number[] };
      const { ours, peer: theirs } = await alternate(
        RUNS,
        () => {
          starts.node.push(timeCommand(process.execPath, ['-e', '0']));
          return inFolder(createWithHermes);
        },
        () => {
          starts.python.push(timeCommand(join(bin, 'python'), ['-c', '0']));
          return inFolder((place) => render(place) + commit(join(place, answers.name)));
        },
      );
      const peerName = `${peer} ${PEERS[peer]} and git`;
      results.push(compared('repo-create', ours, theirs, peerName));
      const [node, python] = [median(starts.node), median(starts.python)];
      results.push(compared('repo-create-beyond-start', ours - node, theirs - python, peerName));
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compared(name: string, ours: number, peer: number, peerName: string): BenchResult {
  return { name, ours, peer, peerName, unit: 's', ratio: ours / peer };
}

/** What a peer leaves to its user. */
function commit(folder: string): number {
  const who = ['-c', `user.name=${answers.authorName}`, '-c', `user.email=${answers.authorEmail}`];
  return [
    ['init', '--quiet', '--initial-branch', 'master'],
    ['add', '--all'],
    [...who, 'commit', '--quiet', '--message', 'Start weather'],
  ].reduce((seconds, words) => seconds + timeCommand('git', words, folder), 0);
}

/** Gives every run a folder of its own and removes it outside the measured time. */
function freshFolders(parent: string) {
  let count = 0;
  return (work: (folder: string) => number): number => {
    count += 1;
    const folder = join(parent, String(count));
    mkdirSync(folder, { recursive: true });
    const seconds = work(folder);
    rmSync(folder, { recursive: true });
    return seconds;
  };
}

function createWithHermes(folder: string): number {
  const main = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
  return timeCommand(process.execPath, [main, 'repo', 'create', answers.name, '--no-ci'], folder);
}

function renderWith(peer: keyof typeof PEERS, program: string, template: string) {
  return (folder: string): number => {
    mkdirSync(folder, { recursive: true });
    const words =
      peer === 'copier'
        ? ['copy', '--defaults', '--quiet', template, join(folder, answers.name)]
        : ['--no-input', '--output-dir', folder, template];
    return timeCommand(program, words, folder);
  };
}

/** The files of the product template: text with the answers' places, in a peer's own braces. */
function peerFiles(prefix: string): RenderedFile[] {
  const place = (name: string) => `{{ ${prefix}${name} }}`;
  const values = {
    ...templateValues(answers),
    ...Object.fromEntries(Object.keys(answers).map((name) => [name, place(name)])),
    module: place('project'),
    codeOwner: place('authorEmail'),
  };
  const render = (text: string) =>
    text
      .replace(/\{\{(?:json |yaml )?(\w+)\}\}/g, (whole, name: string) => {
        const value = (values as Readonly<Record<string, string>>)[name] ?? whole;
        return whole.startsWith('{{json') ? `"${value}"` : value;
      })
      .replace(/\{\{\{\{(\/?)raw\}\}\}\}/g, (_whole, end: string) => `{% ${end === '' ? '' : 'end'}raw %}`);
  return readTemplate('product').map((file) => {
    const bytes = file.path.endsWith('.hbs') ? Buffer.from(render(file.bytes.toString())) : file.bytes;
    return { ...file, path: render(file.path).replace(/\.hbs$/, ''), bytes };
  });
}

function writeCopierTemplate(folder: string): void {
  const questions = Object.entries(answers).map(
    ([name, value]) => `${name}:\n  type: str\n  default: ${value}\n`,
  );
  writeTemplate(
    folder,
    peerFiles('').map((file) => ({ ...file, path: `${file.path}.jinja` })),
  );
  writeFileSync(join(folder, 'copier.yml'), questions.join(''));
}

function writeCookiecutterTemplate(folder: string): void {
  writeTemplate(join(folder, '{{ cookiecutter.name }}'), peerFiles('cookiecutter.'));
  writeFileSync(join(folder, 'cookiecutter.json'), JSON.stringify(answers));
}

function writeTemplate(folder: string, files: readonly RenderedFile[]): void {
  for (const file of files) {
    const path = join(folder, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.bytes, { mode: file.executable ? 0o755 : 0o644 });
  }
}

/** A peer that renders something else is no peer. */
function requireSameFiles(folder: string): void {
  for (const file of planRepository('product', answers).filter(({ path }) => !path.startsWith('.hermes/'))) {
    const path = join(folder, answers.name, file.path);
    const text = (bytes: Buffer) => bytes.toString().trimEnd();
    if (!existsSync(path) || text(readFileSync(path)) !== text(file.bytes)) {
      throw new Error(`The peer did not render ${file.path} as Hermes does: ${path}`);
    }
  }
}

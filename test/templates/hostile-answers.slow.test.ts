import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { templateKinds } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { begin } from '../cli/spawned-hermes.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';
import { inPlace, inPlaceDeep, PLAIN, renderedTexts, takenAnswers } from './hostile-answers.ts';

const run = promisify(execFile);

/** Reads YAML, TOML and Python files as Python does; prints what each says, one JSON text a line. */
const READER = `import ast, json, pathlib, sys
import yaml
try:
    import tomllib
except ImportError:
    import tomli as tomllib

def read(path, text):
    if path.endswith((".yml", ".yaml")):
        return yaml.safe_load(text)
    return tomllib.loads(text) if path.endswith(".toml") else ast.dump(ast.parse(text))

for line in sys.stdin:
    path, text = json.loads(line)
    try:
        print(json.dumps(read(path, text), default=str))
    except Exception as error:
        print(json.dumps({"error": f"{path}: {error}"}))
`;

async function readByPython(files: readonly (readonly [string, string])[]): Promise<unknown[]> {
  const script = join(temporaryFolder(), 'read.py');
  writeFileSync(script, READER);
  const child = run(join(pythonTools('test'), 'python'), [script], { maxBuffer: 1e9 });
  child.child.stdin?.end(files.map((file) => `${JSON.stringify(file)}\n`).join(''));
  const { stdout } = await child;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('any answers that Hermes takes, read by Python', function () {
  this.timeout(300_000);
  for (const kind of templateKinds) {
    it(`stand in YAML, TOML and Python of kind ${kind} as values, and change nothing else`, async () => {
      const isRead = (path: string) => /\.(ya?ml|toml|py)$/.test(path);
      const stores = { no: "s3://acme-dev/it's(a*key)!", prod: 'file:///a: "b" - c' };
      const plain = [...renderedTexts(kind, { ...PLAIN, stores })].filter(([path]) => isRead(path));
      const meanings = await readByPython(plain);
      const samples = fc.sample(takenAnswers, 60).map((answers) => ({ ...answers, stores }));
      const rendered = samples.map((answers) => {
        const texts = renderedTexts(kind, answers);
        return plain.map(([path]) => [path, texts.get(inPlace(path, answers)) ?? ''] as const);
      });
      const read = await readByPython(rendered.flat());
      for (const [index, answers] of samples.entries())
        for (const [place, meaning] of meanings.entries())
          assert.deepEqual(
            read[index * plain.length + place],
            inPlaceDeep(meaning, answers),
            `${plain[place]?.[0]} ${JSON.stringify(answers)}`,
          );
    });

    it(`leave the scripts of kind ${kind} as they are, which bash and shellcheck take`, async () => {
      const [answers = PLAIN] = fc.sample(takenAnswers, 1);
      const folder = temporaryFolder();
      writeFiles(folder, planRepository(kind, answers));
      const scripts = readdirSync(join(folder, 'build_tools')).filter((name) => name.endsWith('.sh'));
      const paths = scripts.map((name) => join('build_tools', name));
      for (const path of paths) await run('bash', ['-n', path], { cwd: folder });
      await run(join(pythonTools('test'), 'shellcheck'), ['-x', ...paths], { cwd: folder });
    });
  }
});

describe('a repository whose author is hostile', () => {
  const create = async (author: NodeJS.ProcessEnv) => {
    const folder = temporaryFolder();
    const words = ['repo', 'create', 'weather', '--no-ci'];
    const ended = await begin(folder, words, { HERMES_HOME: join(folder, 'home'), ...author }).finished;
    return { ...ended, folder, made: readdirSync(folder).sort() };
  };
  const email = { GIT_AUTHOR_EMAIL: "a+o'b@example.com" };

  it('is made with every sign of his name', async () => {
    const name = '"]}, {name="x"} # $(id) `id` \\ {{team}} <b> &amp; \u202f%';
    const { code, stderr, made, folder } = await create({ GIT_AUTHOR_NAME: name, ...email });
    assert.equal(code, 0, stderr);
    assert.deepEqual(made, ['home', 'weather']);
    const git = (...words: string[]) => run('git', words, { cwd: join(folder, 'weather') });
    await git('fsck', '--strict', '--no-dangling');
    const { stdout } = await git('log', '-1', '--format=%an|%ae');
    assert.equal(stdout, `${name.replace(/[<>]/g, '')}|${email.GIT_AUTHOR_EMAIL}\n`);
    assert.equal((await git('status', '--porcelain')).stdout, '');
  });

  it('is not begun when his name would not survive', async () => {
    const { code, stderr, made } = await create({ GIT_AUTHOR_NAME: 'a\nb = 1', ...email });
    assert.deepEqual([code, made], [2, []]);
    assert.equal(
      stderr,
      `Cannot use the author's name "a\\nb = 1": it holds characters that cannot be printed.
Set it with: git config --global user.name "…"
`,
    );
  });
});

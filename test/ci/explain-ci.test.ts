import assert from 'node:assert/strict';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { type CiExplanation, explainCi } from '../../ci/explain-ci.ts';
import { explanationLines } from '../../src/cli/publish/explain-lines.ts';
import { resolveHome } from '../../src/config/home.ts';
import { temporaryFolder } from '../setup.ts';
import { makeRepository, projectFiles, type Repository } from './repository.ts';
import { pullRequest } from './run-check.ts';
import { requestOf, travis } from './run-publish.ts';

const home = resolveHome('/', { HERMES_HOME: '/hermes-home' });
const bin = temporaryFolder();
const git = (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'git')));
symlinkSync(join(git ?? '', 'git'), join(bin, 'git'));

/** Explains where nothing but git is installed, and git may use no transport. */
function explain(repository: Repository, env: NodeJS.ProcessEnv): Promise<CiExplanation> {
  const alone = { ...env, PATH: bin, GIT_ALLOW_PROTOCOL: 'none' };
  return explainCi(requestOf(repository, home, alone));
}

const plain = (explanation: CiExplanation): string[] => explanationLines(explanation, (_style, text) => text);
const BUILDS = [
  'the tests of what is built must pass',
  'what the stores hold already is not built again: they are asked when publishing',
];

describe('the explanation of a CI run', () => {
  const repository = makeRepository(projectFiles('helloworld'));
  const head = repository.git('rev-parse', 'HEAD');
  const github = (ref: string): NodeJS.ProcessEnv => {
    const event = join(temporaryFolder(), 'event.json');
    writeFileSync(event, '{"repository":{"default_branch":"master"}}');
    const variables = {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: ref,
      GITHUB_SHA: head,
    };
    return { ...process.env, CI: 'true', ...variables, GITHUB_EVENT_PATH: event };
  };

  it('says what a branch gives, with the version of its builds and where they go', async () => {
    assert.deepEqual(plain(await explain(repository, github('refs/heads/feature/new'))), [
      'weather · push to feature/new (not the default branch) → development only',
      '  system            GitHub Actions',
      '  event             push',
      '  branch            feature/new',
      `  commit            ${head}`,
      '  default branch    master, says the event of GitHub',
      '  read from         GITHUB_ACTIONS=true',
      `                    GITHUB_SHA=${head}`,
      '                    GITHUB_EVENT_NAME=push',
      '                    GITHUB_REF=refs/heads/feature/new',
      '  environments      dev  file:///hermes-home/artifacts/dev',
      '                    prod  file:///hermes-home/artifacts/prod  (not by this run)',
      `  projects          helloworld  0.1.0+feature.new.h8e36cac1.g${head.slice(0, 8)}`,
      '  still to be true  the tests of what is built must pass',
      '                    what the stores hold already is not built again: they are asked when publishing',
    ]);
  });

  it('says what a release still needs, and what the clone knows of it', async () => {
    const pushed = await explain(repository, github('refs/heads/master'));
    assert.equal(pushed.decision.kind, 'release');
    assert.deepEqual(
      pushed.environments.map(({ name, isWritten }) => [name, isWritten]),
      [
        ['dev', true],
        ['prod', true],
      ],
    );
    assert.deepEqual(pushed.projects, [{ name: 'helloworld', folder: 'helloworld', version: '0.1.0' }]);
    assert.deepEqual(pushed.conditions, [
      'the commit must be on master of origin: asked when publishing (this clone saw it there)',
      ...BUILDS,
    ]);
    const unknown = makeRepository();
    unknown.git('update-ref', '-d', 'refs/remotes/origin/master');
    const env = { ...github('refs/heads/master'), GITHUB_SHA: unknown.git('rev-parse', 'HEAD') };
    assert.equal(
      (await explain(unknown, env)).conditions[0],
      'the commit must be on master of origin: asked when publishing (this clone has not seen it there)',
    );
  });

  it('leaves open what only origin knows', async () => {
    const explanation = await explain(repository, travis(repository, 'main'));
    assert.deepEqual(explanation.decision, {
      kind: 'open',
      reason: 'nobody here says which branch is the default',
    });
    assert.equal(explanation.defaultBranch, undefined);
    assert.equal(explanation.projects[0]?.releaseVersion, '0.1.0');
    assert.match(
      explanation.conditions[0] ?? '',
      /^origin says which branch is the default, asked when publishing: main /,
    );
  });

  it('says why nothing is published, for a pull request, another commit, and work that is not committed', async () => {
    const request = await explain(repository, pullRequest());
    assert.deepEqual([request.event.branch, request.event.target], ['feature', 'master']);
    assert.ok(plain(request).includes('  into              master'));
    const other = await explain(repository, { ...github('refs/heads/master'), GITHUB_SHA: 'f'.repeat(40) });
    const dirty = makeRepository();
    dirty.write({ 'a.py': '', 'b.py': '' });
    const reasons = [request, other, await explain(dirty, process.env)].map(({ decision }) => decision);
    assert.deepEqual(reasons, [
      { kind: 'nothing', reason: 'a pull request is tested, never published' },
      { kind: 'nothing', reason: `CI speaks of commit fffffff, but ${head.slice(0, 7)} is checked out` },
      { kind: 'nothing', reason: 'these files are not committed: a.py, b.py' },
    ]);
  });

  it('works by hand, and names the stores of hermes.yaml', async () => {
    const own = makeRepository();
    own.push({ 'hermes.yaml': 'hermes: ^1.0\nteam: weather\nartifacts:\n  prod: s3://acme/hermes\n' });
    const { decision, environments, event } = await explain(own, process.env);
    assert.deepEqual([event.system, decision.kind], ['hand', 'feature']);
    assert.deepEqual(
      environments.map(({ store }) => store),
      ['file:///hermes-home/artifacts/dev', 's3://acme/hermes'],
    );
  });

  it('keeps every text from outside in its line and visible', async () => {
    const base = await explain(repository, github('refs/heads/x'));
    const hostile = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(hostile, hostile, (branch, value) => {
        const event = {
          ...base.event,
          branch,
          target: value,
          commit: value,
          evidence: { GITHUB_REF: value },
        };
        const decision = { kind: 'nothing', reason: branch } as const;
        const defaultBranch = { name: branch, source: value };
        for (const line of plain({ ...base, event, decision, defaultBranch, conditions: [value] })) {
          assert.ok(!/(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u.test(line), line);
        }
      }),
    );
  });
});

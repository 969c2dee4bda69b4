import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace } from '../../workspace/workspace-harness.ts';
import { begin } from '../spawned-hermes.ts';

const DEAD = 'http://127.0.0.1:9';

describe('a run that is looked for where no workspace has run', () => {
  after(closeWorkspaces);

  /** The error of `hermes runs show`, which starts nothing. */
  const refusal = async (words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const folder = temporaryFolder();
    const { code, stderr } = await begin(folder, ['runs', 'show', ...words], env).finished;
    assert.deepEqual([code, readdirSync(folder)], [2, []], stderr);
    return stderr;
  };

  it('is refused by its id', async () => {
    const next = 'Run something with: hermes run PROJECT. A run of someone else is found by its link.\n';
    assert.equal(await refusal(['1011']), `Cannot find run 1011: nothing has run here yet\n${next}`);
    assert.equal(
      await refusal(['1011', '--env', 'dev']),
      `Cannot find run 1011: nothing has run here yet in dev\n${next}`,
    );
  });

  it('is refused by a link of this machine at which nothing answers', async () => {
    assert.equal(
      await refusal([`${DEAD}/jobs/6/runs/1011`]),
      `Cannot open the link: nothing answers at ${DEAD}, and no workspace has run in this folder\nWork in the folder whose workspace it is, by -C FOLDER. That of another machine is not reached by this link.\n`,
    );
  });

  it('is refused by a link of another workspace than the configured one', async () => {
    const other = await openWorkspace();
    const to = (host: string, configured: string): string =>
      `Cannot open the link [link=${host}${configured}]: it leads to another workspace than the configured one\n`;
    const set = (host: string): string =>
      `et DATABRICKS_HOST=${host} and a token of yours for it, or name its profile: --profile NAME\n`;
    const env = { DATABRICKS_HOST: 'http://127.0.0.1:10', DATABRICKS_TOKEN: 'x' };
    const named = `, configured=${env.DATABRICKS_HOST}`;
    assert.equal(await refusal([`${DEAD}/jobs/6/runs/1011`], env), `${to(DEAD, named)}S${set(DEAD)}`);
    const folder = 'Work in its folder by -C FOLDER. Or s';
    const link = `${other.url}/jobs/6/runs/1011`;
    assert.equal(await refusal([link], env), `${to(other.url, named)}${folder}${set(other.url)}`);
    assert.equal(await refusal([link]), `${to(other.url, '')}${folder}${set(other.url)}`);
  });
});

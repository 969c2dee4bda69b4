import { randomUUID } from 'node:crypto';
import { openStore } from '../../artifacts/open-store.ts';
import type { Environment } from '../../config/environment.ts';
import { HermesError } from '../../core/errors.ts';
import { prepareSurroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import { placeProbe, runProbe } from '../../engines/local/plan/probe-cluster.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace } from '../connect-workspace.ts';
import { type Finding, failed, fromError, ok, unknown } from './finding.ts';

/** Runs a tiny script in an environment: what only a cluster can tell, it tells. */
export async function checkByRun(cli: Cli, environment: Environment): Promise<Finding> {
  const title = `${environment.name} run`;
  const { team, artifacts } = environment;
  const { clock, signal } = cli;
  try {
    const scriptUrl = await placeProbe(await openStore(artifacts), team, signal).catch(asUnknown(title));
    if (typeof scriptUrl !== 'string') return scriptUrl;
    const { databricks, watcher } = await connectWorkspace(cli, environment);
    const { policies } = await prepareSurroundings([environment], databricks.policies, signal);
    const [policy] = policies.values();
    if (policy === undefined) throw new Error(`no policy for team ${team}`);
    const probe = { environment, policy, scriptUrl, word: randomUUID() };
    const { run, problem, advice } = await runProbe(
      probe,
      { databricks, watcher, clock, signal },
      ({ pageUrl }) => cli.note(`Running a script in ${environment.name}: ${pageUrl}`),
    );
    if (problem === undefined) return ok(title, `a cluster read the store and ran a script: ${run.pageUrl}`);
    return failed(title, `${problem}\n${run.pageUrl}`, advice ?? 'See the run: the link leads to it.');
  } catch (error) {
    if (signal.aborted) throw error;
    return fromError(title, error);
  }
}

/** Who may only read a store cannot put the script there, which says nothing about clusters. */
function asUnknown(title: string): (error: unknown) => Finding {
  return (error) => {
    if (!(error instanceof HermesError)) throw error;
    return unknown(
      title,
      `the script that would be run cannot be put into the store: ${error.message}`,
      'Let somebody run it who may write there, such as CI: hermes doctor --run --env NAME',
    );
  };
}

import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describedTeams } from '../../config/described-teams.ts';
import type { Environment } from '../../config/environment.ts';
import { resolveEnvironment } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import type { PoliciesApi } from '../../databricks/api.ts';
import { enrolledPolicyName } from '../../engines/local/plan/enrol.ts';
import type { Cli } from '../cli.ts';
import { hasEmbeddedWorkspace } from '../connect-workspace.ts';

/**
 * A question for each team of some DAGs that nothing around their files knows, when its name is near to one that is
 * known: a DAG may well be the first file of a team.
 */
export function doubtTeams(cli: Cli, dags: readonly LoadedDag[], environment: string): readonly string[] {
  const doubts = dags.flatMap(({ dag, file, shownFile }) => {
    const teams = [...new Set(dag.plans().map(({ team }) => team))];
    const folder = dirname(file);
    return teams.flatMap((team) => {
      const found = resolveEnvironment({
        name: environment,
        team,
        folder,
        shownFrom: cli.cwd,
        home: cli.home,
      });
      const known = teamsHere(folder, found);
      const hint = didYouMean(team, known);
      return hint === undefined || isAmong(team, known)
        ? []
        : [`${printableLine(shownFile)}: nothing here knows a team ${team}. ${hint}`];
    });
  });
  return [...new Set(doubts)];
}

/** Teams that files around a folder name, or that have artifacts in an embedded environment. */
function teamsHere(folder: string, { artifacts }: Environment): readonly string[] {
  return [...new Set([...describedTeams(folder), ...foldersOf(artifacts)])].sort();
}

/** Whether a team is among some names; a variable's name has `_` for each dash. */
function isAmong(team: string, teams: readonly string[]): boolean {
  return teams.some((known) => known.replaceAll('-', '_') === team.replaceAll('-', '_'));
}

/**
 * Keeps a misspelt team from getting a policy of its own: in an embedded environment any name would do.
 * @param openPolicies Those of the workspace; asked for only when there is one and nothing else knows the team.
 * @throws ConfigError for a team that no file around knows and that has neither artifacts nor a policy
 */
export async function requireKnownTeam(
  cli: Cli,
  environment: Environment,
  openPolicies: () => Promise<PoliciesApi>,
): Promise<void> {
  const { team, name, embedded, teamVariable } = environment;
  const here = teamsHere(cli.cwd, environment);
  if (!embedded || teamVariable.cluster_policy_id !== '' || isAmong(team, here)) return;
  const enrolled = hasEmbeddedWorkspace(cli)
    ? await enrolledTeams(name, await openPolicies(), cli.signal)
    : [];
  if (enrolled.includes(team)) return;
  const known = [...new Set([...here, ...enrolled])].sort();
  const list = known.length === 0 ? '' : ` Teams here: ${known.join(', ')}.`;
  throw new ConfigError(
    `There is no team ${team} in ${name}: no file here names it, nothing of it is published, it has no policy.${list}`,
    {
      code: 'HERMES_UNKNOWN_TEAM',
      nextStep:
        didYouMean(team, known) ??
        `Work in a repository of the team, whose hermes.yaml names it: hermes repo create NAME --team ${team}`,
    },
  );
}

async function enrolledTeams(
  environment: string,
  policies: PoliciesApi,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [before = '', after = ''] = enrolledPolicyName({ team: ' ', environment }).split(' ');
  const names = (await policies.listPolicies(signal)).map(({ name }) => name);
  return names.flatMap((name) =>
    name.startsWith(before) && name.endsWith(after)
      ? [name.slice(before.length, name.length - after.length)]
      : [],
  );
}

function foldersOf(store: string): readonly string[] {
  if (!store.startsWith('file:')) return [];
  try {
    const entries = readdirSync(fileURLToPath(store), { withFileTypes: true });
    return entries.flatMap((entry) =>
      entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}

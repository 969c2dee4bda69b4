import { resolve } from 'node:path';
import { teamVariableName } from '../../config/environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { readSourceFile } from '../../core/file-trouble.ts';
import { repositoryNameProblem, teamNameProblem } from '../../core/names.ts';
import { type Problem, ProblemsError } from '../../core/problems.ts';
import { airflowRepository } from './team-plan.ts';

/** A name and where it was given. */
interface GivenTeam {
  readonly team: string;
  readonly place: Pick<Problem, 'file' | 'line' | 'column'>;
}

/**
 * The teams that were named, each once, in the order in which they came.
 * @param file One team on each line; `#` begins a remark.
 * @throws ProblemsError with every name that is none; ConfigError when nobody is named
 */
export function readTeams(
  cwd: string,
  words: readonly string[],
  file: string | undefined,
): readonly string[] {
  const given = [
    ...words.map((team): GivenTeam => ({ team, place: { file: 'team' } })),
    ...(file === undefined ? [] : teamsOfFile(cwd, file)),
  ];
  const problems = given.flatMap(({ team, place }) => {
    const message = teamNameProblem(team) ?? repositoryNameProblem(airflowRepository(team));
    return message === undefined ? [] : [{ ...place, message }];
  });
  const all = [...problems, ...findTwins(given)];
  if (all.length > 0) throw new ProblemsError(all);
  const teams = [...new Set(given.map(({ team }) => team))];
  if (teams.length > 0) return teams;
  throw new ConfigError('Cannot enrol: no team was named.', {
    code: 'HERMES_NO_TEAM',
    nextStep:
      'For example: hermes enrol weather, or a file with one team on each line: hermes enrol --file teams.txt',
  });
}

function teamsOfFile(cwd: string, file: string): GivenTeam[] {
  return readSourceFile(resolve(cwd, file), file)
    .split(/\r?\n/)
    .flatMap((text, index) => {
      const team = text.replace(/#.*$/, '').trim();
      if (team === '') return [];
      return [{ team, place: { file, line: index + 1, column: text.indexOf(team) + 1 } }];
    });
}

/** `sea-life` and `sea_life` have one variable. */
function findTwins(given: readonly GivenTeam[]): Problem[] {
  const first = new Map<string, string>();
  return given.flatMap(({ team, place }) => {
    const name = teamVariableName(team);
    const other = first.get(name) ?? team;
    first.set(name, other);
    if (other === team) return [];
    const message = `Teams ${other} and ${team} would share the variable ${name}. Rename one of them.`;
    return [{ ...place, message }];
  });
}

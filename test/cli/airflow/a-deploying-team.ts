import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../setup.ts';
import { begin, type Finished } from '../spawned-hermes.ts';

/** A team's Airflow repository with one DAG, committed, and a place for its DAGs that does not exist yet. */
export interface DeployingTeam {
  readonly folder: string;
  readonly place: string;
  readonly hermes: (words: string, env?: NodeJS.ProcessEnv) => Promise<Finished>;
  readonly git: (...words: string[]) => string;
  readonly write: (name: string, text: string) => void;
  /** Writes `hermes.yaml`: the place, and the Airflow there when it has an API. */
  readonly configure: (api?: string) => void;
  /** Commits all files, and returns the commit. */
  readonly commit: () => string;
}

export const DAG = (id: string, schedule = '0 6 * * *', more = ''): string =>
  `dag: ${id}\nteam: weather\nschedule: "${schedule}"\nstart_date: 2026-01-01\ntasks:\n  clean:\n    hermes: { project_name: observations${more} }\n`;

export function deployingTeam(): DeployingTeam {
  const folder = temporaryFolder();
  const place = temporaryFolder();
  rmSync(place, { recursive: true });
  const git = (...words: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=a@b.c', ...words], { cwd: folder })
      .toString()
      .trim();
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const team: DeployingTeam = {
    folder,
    place,
    hermes: (words, env = {}) => begin(folder, words.split(' '), env).finished,
    git,
    write,
    configure: (api) => {
      const dev = `dags: "file://${place}"${api === undefined ? '' : `, api: "${api}"`}`;
      write('hermes.yaml', `hermes: "*"\nteam: weather\nairflow: { dev: { ${dev} } }\n`);
    },
    commit: () => {
      git('add', '.');
      git('commit', '--quiet', '-m', 'change');
      return git('rev-parse', 'HEAD');
    },
  };
  mkdirSync(join(folder, 'dags'));
  git('init', '--quiet');
  team.configure();
  write('.gitignore', '.hermes\n');
  write('dags/one.dag.yaml', DAG('one'));
  team.commit();
  return team;
}

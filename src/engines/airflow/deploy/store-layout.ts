/** What Airflow reads: the folder of its DAG bundle; below it one folder for each team. */
const READ = 'dags';
const NUMBER_DIGITS = 8;

/** Records of what stands, one for each team. */
export const STANDING_PREFIX = 'deploys/current/';

export function liveKey(team: string, name: string): string {
  return `${livePrefix(team)}${name}`;
}

export function livePrefix(team: string): string {
  return `${READ}/${team}/`;
}

export function standingKey(team: string): string {
  return `${STANDING_PREFIX}${team}.json`;
}

/** The team whose record a key is; undefined for other keys. */
export function teamOfStandingKey(key: string): string | undefined {
  return /^deploys\/current\/([^/]+)\.json$/.exec(key)?.[1];
}

export function historyKey(team: string, number: number): string {
  return `${historyPrefix(team)}${String(number).padStart(NUMBER_DIGITS, '0')}.json`;
}

export function historyPrefix(team: string): string {
  return `deploys/history/${team}/`;
}

/** A file of a build by its content: the same file of many deploys is kept once. */
export function fileKey(team: string, sha256: string): string {
  return `deploys/files/${team}/${sha256}`;
}

/** The index of the build that stands, in a home that keeps no files by their content. */
export function indexKey(team: string): string {
  return `deploys/index/${team}.json`;
}

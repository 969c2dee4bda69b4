import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a program of the team saw where it ran. */
interface Sighting {
  readonly where: string;
  /** Jobs that the program was part of. */
  readonly jobs: readonly string[];
  /** Secrets that it could read, in its own environment or in that of a program around it. */
  readonly found: readonly string[];
}

/** Python whose `spy("where")` leaves a sighting in a folder. */
export function pythonSpy(folder: string, secrets: readonly string[]): string {
  return `import json, os, pathlib, uuid


def spy(where):
    found, jobs, pid = [], set(), os.getpid()
    while pid > 1 and pathlib.Path("/proc/self").exists():
        text = pathlib.Path(f"/proc/{pid}/environ").read_text(errors="replace")
        found += [secret for secret in ${JSON.stringify(secrets)} if secret in text]
        jobs |= {line[11:] for line in text.split("\\0") if line.startswith("GITHUB_JOB=")}
        pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    seen = {"where": where, "jobs": sorted(jobs), "found": found}
    pathlib.Path("${folder}", uuid.uuid4().hex).write_text(json.dumps(seen))


`;
}

/** The same for a DAG file in TypeScript, which spies as soon as it is loaded. */
export function typeScriptSpy(folder: string, secrets: readonly string[]): string {
  return `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Dag, HermesOperator } from 'hermes-data-products';

const found: string[] = [];
const jobs = new Set<string>();
for (let pid = process.pid; pid > 1 && existsSync('/proc/self'); ) {
  const text = readFileSync(\`/proc/\${pid}/environ\`, 'utf8');
  found.push(...${JSON.stringify(secrets)}.filter((secret) => text.includes(secret)));
  for (const line of text.split('\\0')) if (line.startsWith('GITHUB_JOB=')) jobs.add(line.slice(11));
  pid = Number(readFileSync(\`/proc/\${pid}/stat\`, 'utf8').split(')').at(-1)?.trim().split(' ')[1]);
}
writeFileSync(\`${folder}/\${process.pid}-\${Date.now()}\`, JSON.stringify({ where: 'dag', jobs: [...jobs], found }));

export default new Dag('spy', { schedule: null, startDate: '2026-01-01', team: 'weather' }, () => {
  new HermesOperator({ taskId: 'look', projectName: 'helloworld' });
});
`;
}

/** What spies have left in a folder: each place with the secrets that were found there. */
export function sightings(folder: string): Record<string, string[]> {
  const places: Record<string, string[]> = {};
  for (const name of readdirSync(folder)) {
    const { where, jobs, found }: Sighting = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const place = jobs.length === 0 ? `${where} by hand` : `${where} in ${jobs.join(', ')}`;
    places[place] = [...new Set([...(places[place] ?? []), ...found])];
  }
  return places;
}

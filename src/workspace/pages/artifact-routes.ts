import type { Context, Hono } from 'hono';
import { printableLine } from '../../core/printable.ts';
import type { Identity } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import type { ProjectRecord, ProjectSummary, VersionRecord } from './artifact-catalog.ts';
import { page, refuse } from './page-frame.ts';
import { sizeWords } from './words.ts';

/** What is published: for the members of the team that owns it, and for admins. */
export function artifactRoutes(app: Hono<AppTypes>, { artifacts }: WorkspaceParts): void {
  app.get('/artifacts', async (c) => {
    const { signal } = c.req.raw;
    const teams = (await artifacts.teams(signal)).filter((team) => isOf(c.var.who, team));
    const shown = await Promise.all(
      teams.map(async (team) => {
        const projects = await artifacts.projects(team, signal);
        return { team, ...tableOf(team, projects) };
      }),
    );
    return page(c, 'artifacts', 'Artifacts', { teams: shown });
  });
  app.get('/artifacts/:team/:project', async (c) => {
    const { team, project } = c.req.param();
    assertMember(c, team);
    const found = await artifacts.project(team, project, c.req.raw.signal);
    if (found === undefined)
      return refuse(
        c,
        `Nothing of a project ${printableLine(project)} of team ${printableLine(team)} is published.`,
        404,
      );
    return page(c, 'project', project, { team, project, ...projectFacts(found) });
  });
}

function isOf({ isAdmin, groups }: Identity, team: string): boolean {
  return isAdmin || groups.includes(team);
}

function assertMember(c: Context<AppTypes>, team: string): void {
  if (isOf(c.var.who, team)) return;
  throw new ApiError(
    'PERMISSION_DENIED',
    `${c.var.who.userName} is not a member of ${printableLine(team)}: artifacts are shown to the team that owns them.`,
  );
}

function tableOf(team: string, projects: readonly ProjectSummary[]) {
  const environments = environmentNames(projects.flatMap((project) => project.environments));
  const rows = projects.map(({ project, environments: known, builtAt }) => ({
    project,
    url: `/artifacts/${encodeURIComponent(team)}/${encodeURIComponent(project)}`,
    builtAt: minuteWords(builtAt),
    releases: Math.max(0, ...known.map((each) => each.releases)),
    branches: Math.max(0, ...known.map((each) => each.branches)),
    latest: environments.map((name) => known.find((each) => each.environment === name)?.latest ?? '–'),
  }));
  return { environments, rows };
}

/** One row for each version, with what the environments say of it. */
function projectFacts({ environments }: ProjectRecord) {
  const names = environmentNames(environments);
  const rows = new Map<
    string,
    VersionRecord & { marks: { name: string; words: string; isLatest: boolean }[] }
  >();
  for (const { environment, versions } of environments)
    for (const version of versions) {
      const row = rows.get(version.version) ?? { ...version, marks: [] };
      const words = version.isLatest ? 'latest' : version.isBranchHead ? 'newest of its branch' : 'published';
      row.marks.push({ name: environment, words, isLatest: version.isLatest });
      rows.set(version.version, row);
    }
  return {
    environments: names,
    versions: [...rows.values()].map((row) => ({
      ...row,
      version: printableLine(row.version),
      branch: row.branch === undefined ? undefined : printableLine(row.branch),
      author: printableLine(row.author ?? ''),
      commit: row.commit.slice(0, 7),
      builtAt: minuteWords(row.builtAt),
      size: sizeWords(row.files.reduce((sum, file) => sum + file.bytes, 0)),
      files: row.files.map((file) => ({
        ...file,
        name: printableLine(file.name),
        size: sizeWords(file.bytes),
      })),
      marks: names.map((name) => row.marks.find((mark) => mark.name === name) ?? { name }),
    })),
    histories: environments
      .filter(({ history }) => history.length > 0)
      .map(({ environment, history }) => ({
        environment,
        entries: history.map((entry, index) => ({
          version: printableLine(entry.version),
          reason: printableLine(entry.reason),
          ...moverOf(entry.movedBy),
          movedAt: minuteWords(entry.movedAt),
          isStanding: index === 0,
        })),
      })),
  };
}

/** Who moved a pointer: a person by name, a build by its page. */
function moverOf(movedBy: string) {
  const whole = printableLine(movedBy);
  if (/^https?:\/\//.test(movedBy)) return { movedBy: 'CI', moverUrl: whole, moverPlace: whole };
  return movedBy.startsWith('file:')
    ? { movedBy: 'CI of this machine', moverPlace: whole }
    : { movedBy: whole };
}

function environmentNames(list: readonly { readonly environment: string }[]): string[] {
  return [...new Set(list.map(({ environment }) => environment))].sort();
}

/** `2026-11-21 09:57 UTC`; what is no time is shown as it stands. */
function minuteWords(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return printableLine(text);
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

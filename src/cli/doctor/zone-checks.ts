import { type Environment, teamVariableName } from '../../config/environment.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** What may be read and written, by what the files say of an environment and of the others. Pure. */
export function checkZones(environment: Environment, all: readonly Environment[]): Finding[] {
  return [checkPrefix(environment), ...checkSharing(environment, all)];
}

function checkPrefix({ name, team, production, teamVariable }: Environment): Finding {
  const title = `${name} read prefix`;
  const { read_prefix: prefix, products_databases: databases = [] } = teamVariable;
  if (production) return ok(title, 'none, for production reads its own data');
  const cure = `Ask the platform team to correct ${teamVariableName(team)} in variables/${name}.json.`;
  if (prefix === '')
    return warning(title, `empty, so ${name} reads its own tables only and sees no data of production`, cure);
  const clash = databases.find((database) => database.startsWith(prefix));
  if (clash !== undefined)
    return failed(
      title,
      `${prefix} begins the name of database ${clash} of the Products zone, so reads of it go to production`,
      cure,
    );
  return ok(title, `${prefix}, so market.listings is read as ${prefix}market.listings of production`);
}

/** Two environments that write to one place are not two. */
function checkSharing(environment: Environment, all: readonly Environment[]): Finding[] {
  const places = [
    ['artifact store', (each: Environment) => each.artifacts],
    ['Products zone', (each: Environment) => each.teamVariable.products_zone],
  ] as const;
  return places.flatMap(([what, placeOf]) => {
    const place = trimmed(placeOf(environment));
    const twin = all.find((other) => other.name !== environment.name && trimmed(placeOf(other)) === place);
    if (twin === undefined) return [];
    const detail = `the same ${what} as ${twin.name}: ${place}`;
    const cure = 'Give each environment its own: what development writes must not reach production.';
    return [failed(`${environment.name} zones`, detail, cure)];
  });
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

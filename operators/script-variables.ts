import { teamPath, teamVariable } from './jinja-text.ts';
import { type RouteFacts, tableVariables } from './table-route.ts';

/**
 * The environment variables that tell a script where it runs, what it may read and where it may write. The Python
 * module `hermes_runtime` reads them; so may every other language.
 */
export function scriptVariables(facts: RouteFacts): Readonly<Record<string, string>> {
  const { team, settings } = facts;
  return {
    HERMES_ENVIRONMENT: teamVariable(team, 'environment'),
    HERMES_PRODUCTION: `{{ ${teamPath(team, 'production')} | lower }}`,
    HERMES_READ_PREFIX: settings.use_data_sharing === false ? '' : teamVariable(team, 'read_prefix'),
    HERMES_PRODUCTS_ZONE: teamVariable(team, 'products_zone'),
    HERMES_UPLOADS: `{{ ${teamPath(team, 'uploads')} | default('') }}`,
    ...tableVariables(facts),
  };
}

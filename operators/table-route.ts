import type { HermesSettings } from './hermes-options.ts';
import { teamVariable } from './jinja-text.ts';
import { declaredTables } from './table-list.ts';

/** What decides how a task reaches its tables. */
export interface RouteFacts {
  readonly team: string;
  readonly settings: Pick<HermesSettings, 'inputs' | 'outputs' | 'use_data_sharing'>;
  /** Inputs that a task before it writes. */
  readonly writtenBefore: ReadonlySet<string>;
}

/**
 * The name under which a task reaches a table, as a template: the same compiled text is right in every environment.
 * The read prefix is empty in production. What the task or one before it writes, and everything without data sharing,
 * goes by its bare name.
 */
export function tableRoute(name: string, { team, settings, writtenBefore }: RouteFacts): string {
  const isOwn =
    settings.use_data_sharing === false ||
    declaredTables(settings).outputs.includes(name) ||
    writtenBefore.has(name);
  return isOwn ? name : `${teamVariable(team, 'read_prefix')}${name}`;
}

/** `HERMES_INPUTS` and `HERMES_OUTPUTS` of a script: the names of its tables as it reaches them, joined by commas. */
export function tableVariables(facts: RouteFacts): Readonly<Record<string, string>> {
  const { inputs, outputs } = declaredTables(facts.settings);
  const routes = inputs.map((name) => tableRoute(name, facts));
  return {
    ...(routes.length === 0 ? {} : { HERMES_INPUTS: routes.join(',') }),
    ...(outputs.length === 0 ? {} : { HERMES_OUTPUTS: outputs.join(',') }),
  };
}

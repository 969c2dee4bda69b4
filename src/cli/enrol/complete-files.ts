import type { AirflowSettings } from '../../config/airflow-settings.ts';
import { type TeamVariable, teamVariableName } from '../../config/environment.ts';
import type { RenderedFile } from '../../templates/render-template.ts';
import { insertAirflow } from './insert-airflow.ts';
import { insertVariable } from './insert-variable.ts';

/** What a repository of DAGs says of one environment. */
export interface EnvironmentContent {
  readonly name: string;
  /** Absent where it comes later: a policy has to be made for it. */
  readonly variable?: TeamVariable;
  /** Where its Airflow reads the DAGs; absent when the platform does not say it. */
  readonly airflow?: AirflowSettings;
}

const HERMES_YAML = 'hermes.yaml';

/** The files of a repository that is to be made, with what its environments need in them. */
export function completeFiles(
  files: readonly RenderedFile[],
  team: string,
  environments: readonly EnvironmentContent[],
): RenderedFile[] {
  const texts = new Map<string, string>();
  const textOf = (path: string): string =>
    texts.get(path) ?? files.find((file) => file.path === path)?.bytes.toString() ?? '';
  for (const { name, variable } of environments) {
    if (variable === undefined) continue;
    const path = `variables/${name}.json`;
    texts.set(path, insertVariable(textOf(path), teamVariableName(team), variable));
  }
  const settings = environments.flatMap(({ name, airflow }) =>
    airflow === undefined ? [] : [[name, airflow]],
  );
  if (settings.length > 0)
    texts.set(HERMES_YAML, insertAirflow(textOf(HERMES_YAML), Object.fromEntries(settings)));
  const given = new Set(files.map(({ path }) => path));
  const added = [...texts].filter(([path]) => !given.has(path));
  return [
    ...files.map((file) => {
      const text = texts.get(file.path);
      return text === undefined ? file : { ...file, bytes: Buffer.from(text) };
    }),
    ...added.map(([path, text]) => ({ path, bytes: Buffer.from(text), executable: false })),
  ];
}

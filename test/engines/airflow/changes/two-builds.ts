import { operators } from '../../../../operators/registry.ts';
import { loadYaml } from '../../../../src/dag/load-yaml.ts';
import { compileDags } from '../../../../src/engines/airflow/compile/compile-dags.ts';
import type { CompiledDag } from '../../../../src/engines/airflow/compile/plan-build.ts';

/** Compiles DAG files that are given as texts by their names. */
export function compileTexts(files: Readonly<Record<string, string>>): CompiledDag[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const { dags, problems } = loadYaml(file, text, operators);
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
    return compileDags(dags.map((dag) => ({ dag, file, shownFile: file, operators })));
  });
}

const shared = `team: weather
start_date: 2026-01-01
`;

/** What a repository held, and what a pull request makes of it. */
export const before: Readonly<Record<string, string>> = {
  'dags/seattle.dag.yaml': `dag: seattle_weather
schedule: "0 6 * * *"
tags: [climate]
${shared}tasks:
  clean:
    hermes: { project_name: observations, inputs: [market.stations], parameters: ["--day", "{{ ds }}"] }
  report:
    after: [clean]
    retries: 2
    hermes:
      project_name: observations
      script_name: monthly
      script_version: 1.4.0
      view_access_control_list: [data-engineers]
      env: { MODE: slow, DB_PASSWORD: first-one }
  old: { hermes: { project_name: observations, script_name: old } }
`,
  'dags/gone.dag.yaml': `dag: gone
${shared}tasks: { a: { hermes: { project_name: energy } } }
`,
  'dags/renamed.dag.yaml': `dag: first_name
${shared}tasks: { a: { hermes: { project_name: energy } } }
`,
  'dags/same.dag.yaml': `dag: same
${shared}tasks: { a: { hermes: { project_name: energy } } }
`,
};

export const after: Readonly<Record<string, string>> = {
  'dags/seattle.dag.yaml': `dag: seattle_weather
schedule: "0 7 * * *"
timezone: Europe/Madrid
tags: [climate, "domain:sea"]
catchup: true
${shared}tasks:
  clean:
    hermes:
      project_name: observations
      inputs: [market.stations, market.buoys]
      outputs: [sea.waves]
      parameters: ["--day", "{{ ds }}", "a|b\`<b>@someone"]
  report:
    after: [clean]
    retries: 3
    pool: big
    hermes:
      project_name: observations
      script_name: monthly
      view_access_control_list: [auditors]
      use_data_sharing: false
      timeout_seconds: 5400
      env: { MODE: fast, DB_PASSWORD: second-one }
  publish:
    after: [report]
    hermes: { project_name: observations, script_name: publish, library_version: none }
`,
  'dags/renamed.dag.yaml': `dag: second_name
${shared}tasks: { a: { hermes: { project_name: energy } } }
`,
  'dags/same.dag.yaml': `dag: same
${shared}tasks: { a: { hermes: { project_name: energy } } }
`,
};

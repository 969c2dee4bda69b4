import type { HermesSettings } from './hermes-options.ts';
import type { OperatorPlan, PlannedTask } from './operator-definition.ts';

/** The plan of a `HermesOperator`: a script of the team's store on a cluster of its own. */
export function planHermes(task: PlannedTask<HermesSettings>): OperatorPlan {
  const { options } = task;
  const { project_name, script_name, script_version, library_version } = options;
  return {
    artifacts: {
      project: project_name,
      script: script_name ?? project_name,
      scriptVersion: script_version ?? 'latest',
      ...(library_version === undefined ? {} : { libraryVersion: library_version }),
    },
    viewers: options.view_access_control_list ?? [],
    submit: {
      tasks: [
        {
          spark_python_task: {
            python_file: task.pinned('script_url'),
            parameters: (options.parameters ?? []).map((parameter) =>
              typeof parameter === 'string' ? task.text(parameter) : task.table(parameter.table),
            ),
          },
          libraries: [
            ...(library_version === 'none' ? [] : [{ whl: task.pinned('wheel_url') }]),
            { whl: task.pinned('runtime_url') },
          ],
          new_cluster: { spark_env_vars: variables(task) },
        },
      ],
      ...(options.timeout_seconds === undefined ? {} : { timeout_seconds: options.timeout_seconds }),
    },
  };
}

function variables({ options, text }: PlannedTask<HermesSettings>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(options.env ?? {}).map(([name, value]) => [name, text(value)]));
}

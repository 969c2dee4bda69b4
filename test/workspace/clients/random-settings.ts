import * as fc from 'fast-check';

// Settings of jobs as the Jobs API takes them (https://docs.databricks.com/api/workspace/jobs/create).

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const word = fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/);
const seconds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const addresses = fc.array(fc.constantFrom('ana@example.com', 'weather@example.com'), { maxLength: 2 });

const cluster = fc.record(
  {
    spark_version: fc.constantFrom('15.4.x-scala2.12', '16.4.x-scala2.13'),
    node_type_id: fc.constantFrom('m5.large', 'i3.xlarge'),
    num_workers: fc.integer({ min: 0, max: 20 }),
    custom_tags: fc.dictionary(word, word, { maxKeys: 3 }),
    spark_env_vars: fc.dictionary(word, text, { maxKeys: 3 }),
    spark_conf: fc.dictionary(
      word.map((name) => `spark.${name}`),
      text,
      { maxKeys: 3 },
    ),
    driver_node_type_id: fc.constant('m5.large'),
    data_security_mode: fc.constantFrom('SINGLE_USER', 'NONE'),
    aws_attributes: fc.record({ availability: fc.constantFrom('SPOT', 'ON_DEMAND'), zone_id: word }),
  },
  { requiredKeys: ['spark_version', 'node_type_id', 'num_workers'] },
);

const parameters = fc.array(fc.stringMatching(/^[ -~]{0,20}$/), { minLength: 1, maxLength: 3 });
const work = fc.oneof(
  fc.record({ spark_python_task: fc.record({ python_file: fc.constant('/Shared/script.py'), parameters }) }),
  fc.record({ python_wheel_task: fc.record({ package_name: word, entry_point: word, parameters }) }),
  fc.record({
    notebook_task: fc.record({
      notebook_path: fc.constant('/Shared/book'),
      source: fc.constant('WORKSPACE'),
      base_parameters: fc.dictionary(word, fc.stringMatching(/^[ -~]{1,20}$/), { minKeys: 1, maxKeys: 3 }),
    }),
  }),
);

const library = fc.oneof(
  fc.record({ pypi: fc.record({ package: fc.constantFrom('simplejson==3.8.0', 'requests') }) }),
  fc.record({ whl: fc.constant('/Workspace/Shared/demo-1.0-py3-none-any.whl') }),
);

const RUN_IFS = [
  'ALL_SUCCESS',
  'AT_LEAST_ONE_SUCCESS',
  'NONE_FAILED',
  'ALL_DONE',
  'AT_LEAST_ONE_FAILED',
  'ALL_FAILED',
];
const taskOptions = fc.record(
  {
    description: text,
    libraries: fc.array(library, { minLength: 1, maxLength: 2 }),
    timeout_seconds: seconds,
    max_retries: fc.integer({ min: -1, max: 5 }),
    min_retry_interval_millis: seconds,
    retry_on_timeout: fc.boolean(),
    run_if: fc.constantFrom(...RUN_IFS),
    email_notifications: fc.record({ on_failure: addresses }),
  },
  { requiredKeys: [] },
);

/** Tasks with names of their own, each after some of those before it. */
const tasks = fc
  .uniqueArray(fc.tuple(word, work, cluster, taskOptions, fc.nat()), {
    minLength: 1,
    maxLength: 4,
    selector: ([key]) => key,
  })
  .map((drawn) =>
    drawn.map(([key, does, new_cluster, options, choice], index) => {
      const before = drawn.slice(0, index).filter((_one, place) => (choice >> place) % 2 === 1);
      const depends_on = before.map(([name]) => ({ task_key: name }));
      return {
        task_key: key,
        ...does,
        new_cluster,
        ...options,
        ...(depends_on.length > 0 ? { depends_on } : {}),
      };
    }),
  );

/** The body of `jobs/create`. */
export const jobSettings = fc.record(
  {
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((name) => name.trim() !== ''),
    tasks,
    description: text,
    tags: fc.dictionary(word, word, { maxKeys: 3 }),
    timeout_seconds: seconds,
    max_concurrent_runs: fc.integer({ min: 1, max: 10 }),
    parameters: fc.uniqueArray(fc.record({ name: word, default: text }), {
      maxLength: 3,
      selector: ({ name }) => name,
    }),
    schedule: fc.record({
      quartz_cron_expression: fc.constantFrom('0 0 6 * * ?', '0 30 7 ? * MON-FRI'),
      timezone_id: fc.constantFrom('UTC', 'Europe/Madrid'),
      pause_status: fc.constant('PAUSED'),
    }),
    email_notifications: fc.record({ on_success: addresses }),
    queue: fc.record({ enabled: fc.boolean() }),
  },
  { requiredKeys: ['name', 'tasks'] },
);

/** The body of `runs/submit`. */
export const submitBody = fc.record(
  {
    run_name: text,
    tasks,
    timeout_seconds: seconds,
    access_control_list: fc.uniqueArray(
      fc.record({ group_name: word, permission_level: fc.constantFrom('CAN_VIEW', 'CAN_MANAGE_RUN') }),
      { maxLength: 2, selector: ({ group_name }) => group_name },
    ),
  },
  { requiredKeys: ['tasks'] },
);

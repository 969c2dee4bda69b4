/** When a task may start, by the states of its upstream tasks; Airflow's names and meanings. */
export const triggerRules = [
  'all_success',
  'all_failed',
  'all_done',
  'all_skipped',
  'one_success',
  'one_failed',
  'one_done',
  'none_failed',
  'none_failed_min_one_success',
  'none_skipped',
  'always',
] as const;
export type TriggerRule = (typeof triggerRules)[number];

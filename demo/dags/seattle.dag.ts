import { Dag, HermesOperator } from 'hermes-data-products';

export default new Dag(
  'seattle_weather',
  {
    description: 'Monthly climate of Seattle',
    schedule: '0 6 * * *',
    startDate: '2026-01-01',
    timezone: 'America/Los_Angeles',
    team: 'weather',
    tags: ['climate'],
  },
  () => {
    const clean = new HermesOperator({
      taskId: 'clean',
      projectName: 'observations',
      parameters: ['--input', '{{ var.value.seattle_observations }}'],
    });
    const report = new HermesOperator({
      taskId: 'report',
      projectName: 'observations',
      scriptName: 'monthly',
      viewAccessControlList: ['data-engineers'],
      retries: 1,
      retryDelaySeconds: 10,
    });
    clean.before(report);
  },
);

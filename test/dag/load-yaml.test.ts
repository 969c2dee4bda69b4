import assert from 'node:assert/strict';
import fc from 'fast-check';
import { operators } from '../../operators/registry.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { describeDag } from '../../src/dag/describe-dag.ts';
import { loadYaml } from '../../src/dag/load-yaml.ts';

const load = (text: string) => loadYaml('x.dag.yaml', text, operators);
const problems = (text: string): string[] => load(text).problems.map(formatProblem);

describe('a DAG in YAML', () => {
  it('has the meaning of its keys, with the defaults of Airflow', () => {
    const { dags } = load(`
dag: seattle
team: weather
schedule: "0 6 * * *"
start_date: 2026-01-01
retries: 2
params: { region: north, limits: [1, 2.5, null] }
tasks:
  clean: { hermes: { project_name: observations } }
  report:
    after: [clean]
    retries: 0
    trigger_rule: all_done
    hermes: { project_name: observations, team: ocean }
`);
    assert.equal(dags.length, 1);
    const [dag] = dags.map(describeDag);
    assert.ok(dag !== undefined);
    const { tasks, ...rest } = dag;
    assert.deepEqual(rest, {
      dagId: 'seattle',
      team: 'weather',
      owner: 'weather',
      schedule: '0 6 * * *',
      startDate: '2026-01-01',
      timezone: 'UTC',
      catchup: false,
      maxActiveRuns: 16,
      tags: ['compaas-service:hermes'],
      params: { region: 'north', limits: [1, 2.5, null] },
      callbacks: {},
    });
    assert.deepEqual(
      tasks.map(({ taskId, upstream, plan, settings }) => ({
        taskId,
        upstream,
        team: plan.team,
        ...settings,
      })),
      [
        {
          taskId: 'clean',
          upstream: [],
          team: 'weather',
          retries: 2,
          retryDelaySeconds: 300,
          retryExponentialBackoff: false,
          triggerRule: 'all_success',
          pool: 'default_pool',
        },
        {
          taskId: 'report',
          upstream: ['clean'],
          team: 'ocean',
          retries: 0,
          retryDelaySeconds: 300,
          retryExponentialBackoff: false,
          triggerRule: 'all_done',
          pool: 'default_pool',
        },
      ],
    );
  });

  it('may stand with others in one file, as documents', () => {
    const one = (id: string) => `dag: ${id}\nteam: weather\ntasks: {a: {hermes: {project_name: x}}}\n`;
    assert.deepEqual(
      load(`${one('first')}---\n${one('second')}`).dags.map((dag) => dag.dagId),
      ['first', 'second'],
    );
  });

  it('tells all mistakes at once, each at its line and column', () => {
    const text = `dag: seattle weather
team: weather
schedule: "0 6 * * * *"
start_date: 2026-02-30
timezone: Europe/Madird
tags: [climate, 3]
retires: 2
tasks:
  clean:
    hermes: { project_name: Observations, parameters: ["--day", 3, "{{ ds", "é"] }
  report:
    after: [clean, repot]
    retries: "2"
    trigger_rule: all_sucess
    hermes: { project_name: observations, script_version: 1.10, view_acess_control_list: [data-engineers] }
  a:
    after: [b]
    hermes: { project_name: x, env: { DD_X: "1", 9a: b } }
  b:
    after: [a]
  resolve_artifacts:
    hermes:
`;
    assert.deepEqual(problems(text), [
      'x.dag.yaml:1:6  The DAG id "seattle weather" is not allowed: letters, digits, "_", "-" and "." only, the last two not in front.',
      'x.dag.yaml:3:11  schedule: "0 6 * * * *" is no schedule: cron has five fields (minute hour day month weekday), this has 6. For example: 0 6 * * *',
      'x.dag.yaml:4:13  start_date: "2026-02-30" is no date. Write it as 2026-01-31 or 2026-01-31T06:00.',
      'x.dag.yaml:5:11  timezone: "Europe/Madird" is no time zone of the IANA database. Did you mean Europe/Madrid?',
      'x.dag.yaml:6:17  tags.1 must be a text, not 3. Put it in quotes: "3"',
      'x.dag.yaml:7:1  retires is not an option of a DAG. Did you mean retries?',
      'x.dag.yaml:10:29  clean.project_name: project name "Observations" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: observations',
      'x.dag.yaml:10:65  clean.parameters.1 must be a text, not 3. Put it in quotes: "3"',
      'x.dag.yaml:10:68  clean.parameters.2: Cannot render the template "{{ ds": expected variable end',
      'x.dag.yaml:10:77  clean.parameters.3: "é" is refused: Databricks takes ASCII only. Pass such a text in a file.',
      'x.dag.yaml:12:20  Task "report" comes after "repot", which does not exist. Tasks: clean, a, b, resolve_artifacts.',
      'x.dag.yaml:13:14  report.retries must be a number, not "2".',
      'x.dag.yaml:14:19  report.trigger_rule = "all_sucess" is not one of: all_success, all_failed, all_done, all_skipped, one_success, one_failed, one_done, none_failed, none_failed_min_one_success, none_skipped, always. Did you mean all_success?',
      'x.dag.yaml:15:59  report.script_version must be a text, not 1.1. Put it in quotes: "1.10"',
      'x.dag.yaml:15:65  report.view_acess_control_list is not an option of HermesOperator. Did you mean view_access_control_list?',
      'x.dag.yaml:17:13  The tasks wait for each other in a circle: "a" → "b" → "a".',
      'x.dag.yaml:18:39  The environment variable DD_X is refused: Hermes sets those that begin with HERMES_ and DD_.',
      'x.dag.yaml:18:50  "9a" is no name of an environment variable: letters, digits and "_", not a digit first.',
      'x.dag.yaml:20:5  b: a task needs one operator: hermes.',
      'x.dag.yaml:21:3  The task id "resolve_artifacts" is taken: Hermes gives it to the task that resolves versions.',
      'x.dag.yaml:22:12  resolve_artifacts.hermes must be a block of keys, not empty.',
    ]);
  });

  it('needs a team, tasks, and dates in order', () => {
    assert.deepEqual(problems('dag: x\ntasks:\n  a: {hermes: {project_name: x}}\n'), [
      'x.dag.yaml:3:3  Task "a" has no team. Set team for the DAG, or for the task.',
    ]);
    assert.deepEqual(problems('dag: x\nstart_date: 2026-02-01\nend_date: 2026-01-01\ntasks: {}\n'), [
      'x.dag.yaml:3:11  The DAG ends (2026-01-01) before it starts (2026-02-01).',
      'x.dag.yaml:4:1  DAG "x" has no tasks. In TypeScript they are created inside the callback of new Dag.',
    ]);
    assert.deepEqual(problems('dag: x\nteam: t\nschedule: "@daily"\ncatchup: true\ntasks: {}\n'), [
      'x.dag.yaml:4:10  catchup runs what was missed since the start date, and there is none: set one.',
      'x.dag.yaml:5:1  DAG "x" has no tasks. In TypeScript they are created inside the callback of new Dag.',
    ]);
    assert.deepEqual(problems('dag: x\ntasks:\n'), [
      'x.dag.yaml:2:7  tasks must be a block of keys, not empty.',
    ]);
    assert.deepEqual(problems('team: weather\n'), [
      'x.dag.yaml:1:1  dag is missing.',
      'x.dag.yaml:1:1  tasks is missing.',
    ]);
  });

  it('that is no YAML, or no DAG, says where', () => {
    assert.deepEqual(problems(''), ['x.dag.yaml:1:1  The file holds no DAG.']);
    assert.deepEqual(problems('- a\n'), ['x.dag.yaml:1:1  The content must be a block of keys, not a list.']);
    assert.deepEqual(problems('dag: x\ndag: y\n'), ['x.dag.yaml:2:1  Map keys must be unique.']);
    assert.deepEqual(problems('dag: "x\n'), ['x.dag.yaml:2:1  Missing closing "quote.']);
  });

  it('that unfolds without end is refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    assert.deepEqual(problems(lines.join('\n')), [
      'x.dag.yaml:1:1  Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  it('says where a key belongs that stands in the wrong place', () => {
    const text = `dag: x
team: weather
tasks:
  a:
    project_name: x
    depends_on: [b]
    hermes: { project_name: x, retries: 2 }
`;
    assert.deepEqual(problems(text), [
      'x.dag.yaml:5:5  a.project_name is not an option of a task. It stands in hermes: { … }.',
      'x.dag.yaml:6:5  a.depends_on is not an option of a task. Write after: [task, …], beside the operator.',
      'x.dag.yaml:7:32  a.retries is not an option of HermesOperator. It stands beside hermes, not in it.',
    ]);
  });

  it('never fails otherwise than with problems, whatever the text', () => {
    const valid =
      'dag: x\nteam: weather\nstart_date: 2026-01-01\ntasks:\n  a: {hermes: {project_name: x, env: {A: "1"}}}\n  b: {after: [a], hermes: {project_name: x}}\n';
    const spoilt = fc
      .tuple(fc.nat(valid.length), fc.nat(8), fc.string({ maxLength: 6 }))
      .map(([at, length, piece]) => `${valid.slice(0, at)}${piece}${valid.slice(at + length)}`);
    fc.assert(
      fc.property(fc.oneof(spoilt, fc.string()), (text) => {
        const loaded = load(text);
        assert.ok(loaded.dags.length > 0 || loaded.problems.length > 0);
        for (const dag of loaded.dags) describeDag(dag);
      }),
      { numRuns: 500 },
    );
  });

  it('whose task is called __proto__ is refused', () => {
    assert.deepEqual(problems('dag: x\nteam: weather\ntasks: {__proto__: {hermes: {project_name: x}}}\n'), [
      'x.dag.yaml:3:9  The task id "__proto__" is taken by JavaScript.',
    ]);
  });
});

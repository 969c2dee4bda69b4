import assert from 'node:assert/strict';
import { type Answer, askAirflow, type DagFacts } from './airflow-oracle.ts';
import { goldenSet } from './golden-set.ts';

/** What Airflow 2 and 3 must agree on. */
const facts = ({
  dag_id,
  tags,
  doc_md,
  description,
  owner,
  timezone,
  schedule,
  tasks,
}: DagFacts): object => ({
  ...{ dag_id, tags, doc_md, description, owner, timezone, schedule },
  tasks: tasks.map(({ task_id, type, pool, retries, trigger_rule, upstream, links, json }) => {
    return { task_id, type, pool, retries, trigger_rule, upstream, links, json };
  }),
});

describe('the golden set of DAG files in the real Airflow 2', function () {
  this.timeout(600_000);
  let two: Answer;
  let three: Answer;

  before(async () => {
    const { build, answer } = await goldenSet();
    two = await askAirflow({ build }, 2);
    three = answer;
  });

  it('is imported without an error or a warning of its own', () => {
    assert.deepEqual(two.import_errors, {});
    assert.deepEqual(two.warnings, { '': [] });
  });

  it('means what it means in Airflow 3', () => {
    const byId = (answer: Answer) => new Map(answer.dags.map((dag) => [dag.dag_id, facts(dag)]));
    assert.deepEqual(byId(two), byId(three));
  });
});

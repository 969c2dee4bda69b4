import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkDag } from '../../../src/dag/check-dag.ts';
import { describeDag } from '../../../src/dag/describe-dag.ts';
import type { LoadedDag } from '../../../src/dag/load-dags.ts';
import { type Answer, askAirflow, buildFolder } from './airflow-oracle.ts';
import { type HostileDag, hostileDag } from './hostile-dags.ts';
import { type RunKind, type SubmitPair, submitPairs } from './submit-cases.ts';

const COUNT = 500;
const KINDS: readonly RunKind[] = ['scheduled', 'manual', 'with parameters'];

describe('hostile texts in a DAG', function () {
  this.timeout(300_000);
  let dags: readonly HostileDag[] = [];
  let pairs: readonly SubmitPair[] = [];
  let answer: Answer;

  before(async () => {
    dags = Array.from({ length: COUNT }, (_, index) => {
      const [one] = fc.sample(hostileDag(`hostile_${index}`), { numRuns: 1, seed: index });
      return one;
    }).filter((one) => one !== undefined && checkDag(one.dag, 'x.dag.ts').length === 0) as HostileDag[];
    pairs = dags.flatMap(({ dag }, index) => submitPairs(dag, KINDS[index % 3] ?? 'manual', 1));
    const loaded: LoadedDag[] = dags.map(({ dag, doc }) => ({
      ...{ dag, file: '/x.dag.ts', shownFile: 'x.dag.ts', operators: [] },
      ...(doc === undefined ? {} : { documentation: doc }),
    }));
    answer = await askAirflow({
      build: buildFolder(loaded),
      submits: pairs.map(({ asked }) => asked),
      store: true,
    });
  });

  it('are often taken, and hurt no import', () => {
    assert.ok(dags.length > COUNT / 10, `${dags.length} of ${COUNT}`);
    assert.deepEqual(answer.import_errors, {});
    assert.deepEqual(answer.warnings, {});
    assert.equal(answer.dags.length, dags.length);
  });

  it('stay as they are where no template is rendered, up to the database', () => {
    const facts = new Map(answer.dags.map((one) => [one.dag_id, one]));
    const stored = new Map((answer.stored ?? []).map((one) => [one.dag_id, one]));
    for (const { dag, doc } of dags) {
      const { description = null, owner, tags, params, tasks } = describeDag(dag);
      const expected = {
        dag_id: dag.dagId,
        tags: [...tags].sort(),
        owner,
        description,
        doc_md: shown(doc),
        params,
      };
      for (const found of [facts, stored]) {
        const one = found.get(dag.dagId);
        assert.ok(one !== undefined);
        const { dag_id, tags: kept, owner: kind, description: said, doc_md, params: given } = one;
        assert.deepEqual(
          { dag_id, tags: kept, owner: kind, description: said, doc_md, params: given },
          expected,
        );
      }
      for (const task of facts.get(dag.dagId)?.tasks ?? [])
        assert.equal(
          task.pool,
          task.task_id === 'resolve_artifacts' ? 'default_pool' : tasks[0]?.settings.pool,
        );
    }
  });

  it('are rendered where templates are, as the local engine renders them', () => {
    let same = 0;
    pairs.forEach(({ asked, ours }, index) => {
      const theirs = answer.submits[index];
      // The local engine may refuse what it cannot render as Jinja does; it must not render anything else.
      if (ours === undefined) return;
      assert.deepEqual({ body: ours }, theirs, JSON.stringify(asked.dag_id));
      same += 1;
    });
    const rendered = answer.submits.filter(({ body }) => body !== undefined).length;
    assert.ok(same > rendered * 0.75, `${same} of ${rendered}`);
  });
});

/** A documentation that Airflow would take for the name of a file gets one line end more. */
function shown(doc: string | undefined): string | null {
  if (doc === undefined) return null;
  return doc.endsWith('.md') ? `${doc}\n` : doc;
}

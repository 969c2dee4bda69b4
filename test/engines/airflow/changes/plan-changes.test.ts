import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changeFacts } from '../../../../src/engines/airflow/changes/change-facts.ts';
import { type ChangedDag, planChanges } from '../../../../src/engines/airflow/changes/plan-changes.ts';
import { compileDags } from '../../../../src/engines/airflow/compile/compile-dags.ts';
import type { CompiledDag } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { hostileDag } from '../hostile-dags.ts';
import { after, before, compileTexts } from './two-builds.ts';

describe('the plan of changes', () => {
  const plan = planChanges(compileTexts(before), compileTexts(after));

  it('tells which DAGs come, change, go and stay', () => {
    assert.deepEqual(
      plan.added.map(({ dag }) => dag.dagId),
      ['second_name'],
    );
    assert.deepEqual(
      plan.changed.map((change) => change.after.dagId),
      ['seattle_weather'],
    );
    assert.deepEqual(
      plan.removed.map(({ dag }) => dag.dagId),
      ['first_name', 'gone'],
    );
    assert.equal(plan.unchanged, 1);
  });

  it('says which DAG a new one replaces in its file, since Airflow takes it for another', () => {
    assert.equal(plan.added[0]?.insteadOf, 'first_name');
  });

  it('says options of a DAG in words', () => {
    assert.deepEqual(wordsOf(plan.changed[0]?.fields), [
      'schedule: every day at 06:00, UTC → every day at 07:00, Europe/Madrid',
      'tags: + domain:sea',
      'catchup: false → true',
    ]);
  });

  it('says options of a task in words, and shows no secret', () => {
    const tasks = plan.changed[0]?.tasks;
    assert.deepEqual(
      tasks?.added.map(({ taskId }) => taskId),
      ['publish'],
    );
    assert.deepEqual(
      tasks?.removed.map(({ taskId }) => taskId),
      ['old'],
    );
    assert.deepEqual(
      tasks?.changed.map(({ taskId, fields }) => [taskId, ...wordsOf(fields)]),
      [
        [
          'clean',
          'parameters: ["--day","{{ ds }}"] → ["--day","{{ ds }}","a|b`<b>@someone"]',
          'reads: + market.buoys',
          'writes: + sea.waves',
          'cluster tags: + domain:sea',
          'what follows from that:  → variable DD_TAGS',
        ],
        [
          'report',
          'version: 1.4.0 → latest',
          'viewers: + auditors - data-engineers',
          'data sharing: on → off',
          'cluster tags: + domain:sea',
          'timeout of the run:  → 1 hour 30 minutes',
          'variable MODE: slow → fast',
          'variable DB_PASSWORD: [redacted] → [redacted]',
          'retries: 2 → 3',
          'pool:  → big',
          'what follows from that:  → variable DD_TAGS',
        ],
      ],
    );
  });

  it('gathers who sees more, and which tables and artifacts come and go', () => {
    const facts = changeFacts(plan);
    const shown = (list: typeof facts.viewers) =>
      list.map(({ kind, name, dagId, taskIds }) => `${kind} ${name} ${dagId} ${taskIds.join()}`);
    assert.deepEqual(facts.teams, ['weather']);
    assert.deepEqual(shown(facts.viewers), [
      'added auditors seattle_weather report',
      'removed data-engineers seattle_weather report',
    ]);
    assert.deepEqual(shown(facts.reads), ['added market.buoys seattle_weather clean']);
    assert.deepEqual(shown(facts.writes), ['added sea.waves seattle_weather clean']);
    assert.deepEqual(shown(facts.artifacts), [
      'removed energy latest of weather first_name a',
      'removed energy latest of weather gone a',
      'added observations monthly latest of weather seattle_weather report',
      'added observations publish latest of weather seattle_weather publish',
      'removed observations monthly 1.4.0 of weather seattle_weather report',
      'removed observations old latest of weather seattle_weather old',
      'added energy latest of weather second_name a',
    ]);
  });

  it('tells that a DAG moved to another file', () => {
    const [one] = compileTexts({ 'dags/a.dag.yaml': before['dags/gone.dag.yaml'] ?? '' });
    assert.ok(one !== undefined);
    const [changed] = planChanges([one], [{ ...one, source: 'dags/b.dag.yaml' }]).changed;
    assert.deepEqual(wordsOf(changed?.fields), ['file: dags/a.dag.yaml → dags/b.dag.yaml']);
  });

  it('is empty for what stays the same, whatever stands in it', () => {
    fc.assert(
      fc.property(hostileDag('one'), ({ dag, doc }) => {
        const same = compileHostile(dag, doc);
        assert.deepEqual(planChanges(same, same), {
          added: [],
          changed: [],
          removed: [],
          unchanged: same.length,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('mentions every place at which two compiled DAGs differ', () => {
    fc.assert(
      fc.property(hostileDag('one'), hostileDag('one'), (first, second) => {
        const [a] = compileHostile(first.dag, first.doc);
        const [b] = compileHostile(second.dag, second.doc);
        if (a === undefined || b === undefined) return;
        const [changed] = planChanges([a], [b]).changed;
        if (a.line === b.line) assert.equal(changed, undefined);
        else assert.deepEqual(unmentioned(a, b, changed), []);
      }),
      { numRuns: 300 },
    );
  });
});

function wordsOf(fields: ChangedDag['fields'] = []): string[] {
  return fields.map(({ field, before: was = '', after: is = '', added, removed }) =>
    added === undefined
      ? `${field}: ${was} → ${is}`
      : `${field}: ${[...added.map((one) => `+ ${one}`), ...(removed ?? []).map((one) => `- ${one}`)].join(' ')}`,
  );
}

/** A DAG that the checks refuse is not compiled. */
function compileHostile(
  dag: Parameters<typeof compileDags>[0][number]['dag'],
  doc: string | undefined,
): CompiledDag[] {
  const documentation = doc === undefined ? {} : { documentation: doc };
  try {
    return compileDags([{ dag, file: '/x.dag.ts', shownFile: 'x.dag.ts', operators: [], ...documentation }]);
  } catch {
    return [];
  }
}

/** Every innermost value of a line by its pointer; tasks by their ids, with what is looked up for them. */
function leaves(line: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
      for (const [key, item] of Object.entries(value))
        walk(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    else found.set(pointer, JSON.stringify(value));
  };
  const { tasks, requests, ...own } = JSON.parse(line);
  walk(own, 'dag');
  for (const task of tasks) {
    const request = requests[task.task_id];
    walk(request === undefined ? task : { ...task, request }, `task ${task.task_id}`);
  }
  return found;
}

function unmentioned(a: CompiledDag, b: CompiledDag, changed: ChangedDag | undefined): string[] {
  const [was, is] = [leaves(a.line), leaves(b.line)];
  const differing = [...new Set([...was.keys(), ...is.keys()])].filter((key) => was.get(key) !== is.get(key));
  const whole = [...(changed?.tasks.added ?? []), ...(changed?.tasks.removed ?? [])];
  const mentioned = [
    ...whole.map(({ taskId }) => `task ${taskId}`),
    ...(changed?.fields ?? []).flatMap(({ paths }) => paths.map((path) => `dag${path}`)),
    ...(changed?.tasks.changed ?? []).flatMap(({ taskId, fields }) =>
      fields.flatMap(({ paths }) => paths.map((path) => `task ${taskId}${path}`)),
    ),
  ];
  // What was empty and is filled differs at its own place, too.
  return differing.filter(
    (place) =>
      !mentioned.some((one) => place === one || place.startsWith(`${one}/`) || one.startsWith(`${place}/`)),
  );
}

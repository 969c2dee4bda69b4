import type { Json, JsonObject } from '../../src/core/json.ts';
import { PYTHON_MODULES, RESERVED_PROJECTS } from '../../src/core/names.ts';
import { OWN_KEYS, PLATFORM_KEYS, REFUSED_KEYS, SERVICE_TAG, tagLine } from '../../src/core/tags.ts';
import { PINS_TASK_ID } from '../../src/dag/task-options.ts';
import { HermesOperator, type HermesOptions } from '../hermes-operator.ts';

/** Texts that stand for what Python fills in; each is told apart from the others in whatever form it appears. */
const HOLES: readonly (readonly [stand: string, hole: string])[] = [
  ['zz-team', 'team'],
  ['zz_team', 'team_name'],
  ['zz-project', 'project'],
  ['Zz.Dag', 'dag'],
  ['zz.dag', 'dag_tag'],
  ['Zz.Task', 'task'],
  ['zz.task', 'task_tag'],
  ['Zz_Task', 'task_key'],
  [',zz-key:zz-value', 'own_tags'],
];

const DAG = { dagId: 'Zz.Dag', tags: ['zz-key:zz-value'] };
const OPTIONS: HermesOptions = { taskId: 'Zz.Task', team: 'zz-team', projectName: 'zz-project' };

/**
 * What the Python operator needs to plan as the one of TypeScript does: the body of its request with holes, where the
 * body changes with an option, and the words that names and tags must not be. Written to `hermes_airflow/payload.json`.
 */
export function pythonPayload(): JsonObject {
  const body = planned({});
  return {
    body,
    changes: {
      no_wheel: changeOf(body, planned({ libraryVersion: 'none' })),
      no_data_sharing: changeOf(body, planned({ useDataSharing: false })),
    },
    pins_task_id: PINS_TASK_ID,
    service_tag: tagLine(SERVICE_TAG),
    own_tags: [...OWN_KEYS],
    refused_tags: [...REFUSED_KEYS.keys()],
    platform_tags: [...PLATFORM_KEYS],
    python_modules: [...PYTHON_MODULES],
    reserved_names: [...RESERVED_PROJECTS],
  };
}

function planned(options: Partial<HermesOptions>): JsonObject {
  const { submit } = new HermesOperator({ ...OPTIONS, ...options }).plan(DAG);
  const text = HOLES.reduce(
    (known, [stand, hole]) => known.replaceAll(stand, `<<${hole}>>`),
    JSON.stringify(submit),
  );
  return withoutOwnTag(JSON.parse(text));
}

/** Python adds the tags of a DAG to the cluster's: their keys are no texts that could be filled in. */
function withoutOwnTag(value: Json): JsonObject {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'zz-key' ? undefined : item)));
}

/** The only place where two bodies differ, and what stands there in the second. */
function changeOf(before: Json, after: Json, path: readonly (string | number)[] = []): JsonObject {
  const steps = stepsInto(after);
  const changed = steps.filter((step) => !isSame(at(before, step), at(after, step)));
  const [step] = changed;
  const isInside = changed.length === 1 && stepsInto(before).length === steps.length;
  return step !== undefined && isInside
    ? changeOf(at(before, step), at(after, step), [...path, step])
    : { path: [...path], value: after };
}

function stepsInto(value: Json): readonly (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()];
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function at(value: Json, step: string | number): Json {
  return typeof value === 'object' && value !== null ? Reflect.get(value, step) : null;
}

function isSame(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

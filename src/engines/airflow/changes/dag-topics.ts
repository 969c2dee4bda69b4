import type { Json, JsonObject } from '../../../core/json.ts';
import { describeSchedule } from '../../../dag/describe-schedule.ts';
import { type ValuePath, valueAt } from './differing-paths.ts';
import { durationWords } from './duration-words.ts';
import { shownValue, type Topic } from './field-change.ts';

const SCHEDULE = ['schedule', 'timezone'];

/** The options of a DAG in words. */
export const dagTopics: readonly Topic<JsonObject>[] = [
  { field: 'schedule', covers: ([first = '']) => SCHEDULE.includes(first), read: scheduleWords },
  {
    field: 'tags',
    covers: at('options', 'tags'),
    read: (dag) => textsOf(valueAt(dag, ['options', 'tags'])),
  },
  {
    field: 'documentation',
    covers: at('options', 'doc_md'),
    read: (dag) => documentWords(valueAt(dag, ['options', 'doc_md'])),
  },
  {
    field: 'longest run',
    covers: at('dagrun_timeout_seconds'),
    read: (dag) => secondsWords(dag.dagrun_timeout_seconds),
  },
];

/** `every day at 06:00, Europe/Madrid` */
export function scheduleWords({ schedule, timezone }: JsonObject): string {
  const text = typeof schedule === 'string' ? schedule : null;
  return text === null ? describeSchedule(null) : `${describeSchedule(text)}, ${String(timezone)}`;
}

/** Name of an option of a DAG that has no words of its own: `max active runs`, `param threshold`. */
export function dagFieldName(path: ValuePath): string {
  const [first = '', second, ...rest] = path;
  if (first === 'options' && second === 'params') return ['param', rest.join('.')].join(' ').trim();
  return (first === 'options' && second !== undefined ? [second, ...rest] : path)
    .join('.')
    .replaceAll('_', ' ');
}

/** A document is too long to be shown. */
function documentWords(text: Json | undefined): string | undefined {
  if (typeof text !== 'string') return undefined;
  const [first = ''] = text.trim().split('\n');
  return `${text.split('\n').length} lines, ${text.length} characters: ${first.slice(0, 60)}`;
}

/** Covers a place and all below it. */
export function at(...place: readonly string[]): (path: ValuePath) => boolean {
  return (path) => place.every((key, index) => path[index] === key);
}

/** Texts of a list, anything else in it as JSON. */
export function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).map(shownValue) : [];
}

export function secondsWords(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' ? durationWords(value) : shownValue(value);
}

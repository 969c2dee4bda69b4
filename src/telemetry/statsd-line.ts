import { type TaskTags, tagLines } from './task-tags.ts';

/**
 * The text forms of DogStatsD (https://docs.datadoghq.com/developers/dogstatsd/datagram_shell): one line for each
 * metric or event. Names and tags are ours, in letters that need no escape; titles and texts are anything.
 */

/** A measured or counted value. */
export interface Metric {
  readonly name: string;
  /** `count`: how often; `distribution`: percentiles over all hosts. */
  readonly type: 'count' | 'distribution';
  readonly value: number;
  readonly tags: TaskTags;
}

/** Something that happened, for people: the place for ids, dates and links, which are no tags. */
export interface StatsdEvent {
  readonly title: string;
  readonly text: string;
  /** Events of one key are shown together. */
  readonly key: string;
  readonly alert: 'error' | 'warning' | 'info' | 'success';
  readonly tags: TaskTags;
}

const TYPES = { count: 'c', distribution: 'd' } as const;
const MAX_KEY = 100;
const CUT = '…';

/** `hermes.run.started:1|c|#team:weather` */
export function metricLine({ name, type, value, tags }: Metric): string {
  return `${name}:${decimal(value)}|${TYPES[type]}${tagPart(tags)}`;
}

/**
 * `_e{5,4}:Title|Text|…`, the lengths in bytes of UTF-8, since the agent cuts bytes.
 * @param maxBytes What the line may take; title and text are cut to fit, between characters.
 */
export function eventLine({ title, text, key, alert, tags }: StatsdEvent, maxBytes: number): string {
  const end = `|k:${key.slice(0, MAX_KEY)}|t:${alert}${tagPart(tags)}`;
  // Both lengths have four digits at most: `_e{dddd,dddd}:`, and a bar between title and text.
  const room = maxBytes - Buffer.byteLength(end) - '_e{dddd,dddd}:|'.length;
  const shownTitle = cut(escaped(title), Math.floor(room / 2));
  const shownText = cut(escaped(text), room - Buffer.byteLength(shownTitle));
  const lengths = `${Buffer.byteLength(shownTitle)},${Buffer.byteLength(shownText)}`;
  return `_e{${lengths}}:${shownTitle}|${shownText}${end}`;
}

/** A line break ends a line of the protocol, so it is written as backslash and n. */
function escaped(text: string): string {
  return text.toWellFormed().replace(/\r\n?|\n/g, '\\n');
}

function tagPart(tags: TaskTags): string {
  const lines = tagLines(tags);
  return lines.length === 0 ? '' : `|#${lines.join(',')}`;
}

/** No exponent, and no more digits than a millisecond needs. */
function decimal(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/\.?0+$/, '');
}

function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let room = Math.max(0, maxBytes - Buffer.byteLength(CUT));
  let kept = '';
  for (const character of text) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  // Half of an escaped line break would join what comes next.
  return `${kept.replace(/(?<!\\)\\$/, '')}${CUT}`;
}

import type { PublishEvent, PublishedEvent, TestsEvent } from '../../../ci/publish-event.ts';
import { printable, printableLine } from '../../core/printable.ts';
import type { Cli } from '../cli.ts';

const LABEL_WIDTH = 13;
const DETAIL_WIDTH = 46;
const WORDS: Readonly<Record<string, string>> = { dev: 'development', prod: 'production' };

/** Prints the events of a publish or a test run: lines for people, one object each with `--json`. */
export function publishReporter(cli: Cli): (event: PublishEvent) => void {
  const heading = { project: '', version: '' };
  return (event) => {
    cli.object(event);
    if (event.event === 'preparing') cli.note(`preparing Python packages for ${event.purpose} …`);
    else if (event.event === 'incomplete') cli.note(incompleteLine(event));
    else {
      const isBelowHeading = event.event !== 'decision' && event.event !== 'skipped';
      if (isBelowHeading && !isSameHeading(heading, event)) {
        Object.assign(heading, { project: event.project, version: event.version ?? '' });
        cli.print(`  ${[cli.style('bold', event.project), event.version].filter(Boolean).join(' ')}`);
      }
      cli.print(eventLines(cli, event));
    }
  };
}

/** Before the build nobody may know the version; the heading then stays. */
function isSameHeading(
  heading: { readonly project: string; readonly version: string },
  event: { readonly project: string; readonly version?: string },
): boolean {
  return heading.project === event.project && heading.version.startsWith(event.version ?? '');
}

function eventLines(cli: Cli, event: Exclude<PublishEvent, { event: 'preparing' | 'incomplete' }>): string {
  switch (event.event) {
    case 'decision':
      return decisionLine(event);
    case 'tests':
      return [
        ...(event.output === undefined ? [] : [indent(printable(event.output))]),
        testsLine(cli, event),
      ].join('\n');
    case 'wheel': {
      const detail = `${shortened(event.file)}  ${size(event.bytes)}`;
      return line(cli, 'ok', 'wheel', detail, event.seconds, `sha256 ${event.sha256.slice(0, 4)}…`);
    }
    case 'published':
    case 'planned':
      return publishedLines(cli, event);
    case 'skipped':
      return skippedLine(event);
  }
}

function incompleteLine(event: Extract<PublishEvent, { event: 'incomplete' }>): string {
  const { project, version, published, missing } = event;
  return `${project} ${version} is published in ${published.join(', ')}, not in ${missing.join(', ')}. Running the same command again completes it.`;
}

function decisionLine(event: Extract<PublishEvent, { event: 'decision' }>): string {
  const { team, kind, reason, environments } = event;
  if (kind === 'nothing') return `${team} · nothing is published: ${reason}`;
  const names = environments.map((name) => WORDS[name] ?? name);
  const where =
    names.length === 1 ? `${names[0]} only` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${team} · ${reason} → ${where}`;
}

function testsLine(cli: Cli, event: TestsEvent): string {
  if (event.status === 'none') return line(cli, 'none', 'tests', 'none', undefined);
  const counts = [
    `${event.passed} passed`,
    ...(event.failed > 0 ? [`${event.failed} failed`] : []),
    ...(event.skipped > 0 ? [`${event.skipped} skipped`] : []),
  ].join(', ');
  const mark = event.status === 'passed' ? 'ok' : 'failed';
  return event.remembered
    ? line(cli, mark, 'tests', `${counts} (in an earlier step, same content)`, undefined)
    : line(cli, mark, 'tests', counts, event.seconds);
}

function publishedLines(cli: Cli, event: PublishedEvent): string {
  const { pointer, environment, uploaded, url } = event;
  const files =
    uploaded === 0 ? 'nothing to upload' : `${uploaded} file${uploaded === 1 ? '' : 's'}, manifest`;
  const isPlan = event.event === 'planned';
  const mark = isPlan ? 'planned' : 'ok';
  const first = line(cli, mark, isPlan ? 'would upload' : 'uploaded', `${files} → ${url}/`, undefined);
  if (pointer.moved && pointer.to.includes('+')) return first;
  const from = pointer.moved && pointer.from !== undefined ? `${pointer.from} ` : '';
  const move = pointer.moved
    ? `${from}→ ${pointer.to} in ${environment}`
    : `${environment}: ${pointer.reason}`;
  return `${first}\n${line(cli, pointer.moved ? mark : 'none', 'latest', move, undefined)}`;
}

function skippedLine(event: Extract<PublishEvent, { event: 'skipped' }>): string {
  const subject = printableLine(event.file ?? '') || [event.project, event.version].filter(Boolean).join(' ');
  if (event.file !== undefined) return `    - ${subject} is not published as a script: ${event.reason}`;
  return `  ${subject}${event.environment === undefined ? '' : ` in ${event.environment}:`} ${event.reason}`;
}

function line(
  cli: Cli,
  mark: 'ok' | 'failed' | 'none' | 'planned',
  label: string,
  detail: string,
  seconds: number | undefined,
  rest = '',
): string {
  const sign = { ok: cli.style('green', '✓'), failed: cli.style('red', '✗'), none: '-', planned: '→' }[mark];
  const start = `    ${sign} ${label.padEnd(LABEL_WIDTH)}${detail}`;
  if (seconds === undefined) return start;
  const padded = `    ${sign} ${label.padEnd(LABEL_WIDTH)}${detail.padEnd(DETAIL_WIDTH)}`;
  return `${padded}  ${`${seconds.toFixed(1)}s`.padStart(6)}${rest === '' ? '' : `   ${rest}`}`;
}

/** `observations-1.5.0+feature….whl` */
function shortened(fileName: string): string {
  const max = 36;
  return fileName.length <= max ? fileName : `${fileName.slice(0, max - 5)}….whl`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((row) => `      ${row}`)
    .join('\n');
}

/** `18 kB` */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

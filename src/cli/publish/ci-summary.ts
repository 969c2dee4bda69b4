import { appendFileSync } from 'node:fs';
import type { PublishEvent, PublishedEvent } from '../../../ci/publish-event.ts';
import { printableLine } from '../../core/printable.ts';
import { redact } from '../../core/redaction.ts';
import { size } from './publish-report.ts';

/**
 * Appends what a publish did to the summary page of a GitHub Actions run; elsewhere it does nothing. A page that
 * cannot be written is worth a remark, and never an error: the publish is done.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
export function writeCiSummary(
  env: NodeJS.ProcessEnv,
  events: readonly PublishEvent[],
  note: (line: string) => void,
): void {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  try {
    appendFileSync(file, redact(renderSummary(events)));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    note(`The summary page of this run could not be written (${reason}): ${file}`);
  }
}

/** The summary as Markdown; empty when nothing was decided. */
export function renderSummary(events: readonly PublishEvent[]): string {
  const decision = events.find((event) => event.event === 'decision');
  if (decision === undefined) return '';
  const head = `### ${code(decision.team)}: ${markdown(decision.reason)}`;
  const rows = events.flatMap((event) => rowOf(event, events));
  if (rows.length === 0) return `${head}\n\nNothing is published.\n\n`;
  return [head, '', '| project | version | where | what |', '|---|---|---|---|', ...rows, '', ''].join('\n');
}

function rowOf(event: PublishEvent, events: readonly PublishEvent[]): string[] {
  switch (event.event) {
    case 'published':
    case 'planned': {
      const wheel = events.find(
        (other) =>
          other.event === 'wheel' && other.project === event.project && other.version === event.version,
      );
      const bytes = wheel?.event === 'wheel' ? ` (wheel ${size(wheel.bytes)})` : '';
      return [row(event.project, event.version, event.environment, `${whatOf(event)}${bytes}`)];
    }
    case 'skipped':
      if (event.file !== undefined) return [];
      return [row(event.project, event.version ?? '', event.environment ?? '', event.reason)];
    case 'tests':
      if (event.status !== 'failed') return [];
      return [row(event.project, event.version ?? '', '', `${event.failed} tests failed`)];
    case 'incomplete':
      return [row(event.project, event.version, event.missing.join(', '), 'not published: run it again')];
    default:
      return [];
  }
}

function whatOf({ event, uploaded, pointer }: PublishedEvent): string {
  const verb = event === 'planned' ? 'would upload' : 'uploaded';
  const files = uploaded === 0 ? 'nothing to upload' : `${verb} ${uploaded} file${uploaded === 1 ? '' : 's'}`;
  if (!pointer.moved) return `${files}; ${pointer.reason}`;
  if (pointer.to.includes('+')) return files;
  return `${files}; latest ${pointer.from === undefined ? '' : `${pointer.from} `}→ ${pointer.to}`;
}

function row(project: string, version: string, where: string, what: string): string {
  return `| ${code(project)} | ${version === '' ? '' : code(version)} | ${markdown(where)} | ${markdown(what)} |`;
}

function code(text: string): string {
  return `\`${printableLine(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Text that Markdown and HTML leave alone. */
function markdown(text: string): string {
  return printableLine(text).replace(
    /[\\`*_{}[\]()<>#+\-!|&~@:]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

import { formatProblem } from '../../../core/problems.ts';
import { redact } from '../../../core/redaction.ts';
import { counted } from '../../table.ts';
import { type BaseDoubt, baseDoubts, noChangeText } from './base-doubts.ts';
import type { PullRequestPlan } from './compile-both.ts';
import {
  countsText,
  type DagBlock,
  dagBlocks,
  type FactBlock,
  factBlocks,
  hasChanges,
} from './describe-changes.ts';
import { codeElement, codeSpan, fitLines } from './markdown-text.ts';

/** By which a program finds the comment that it wrote before. */
const MARKER = '<!-- hermes airflow plan -->';
/** GitHub takes 65,536 characters (https://github.com/orgs/community/discussions/27190). */
const ROOM = 60_000;
const TABLE_ROOM = 20_000;
const FACT_ROOM = 3_000;
const DAG_ROOM = 6_000;

/** The plan as a comment on a pull request: a line, a table, and the details folded. At most 60,000 characters. */
export function renderMarkdown(plan: PullRequestPlan): string {
  const { changes, environment, base, baseProblems } = plan;
  const against = `compared with ${codeSpan(base.ref)} at ${base.commit.slice(0, 7)}`;
  const doubts = baseDoubts(baseProblems).flatMap(doubtLines);
  const facts = factBlocks(plan, codeSpan).flatMap(factLines);
  if (!hasChanges(changes)) {
    const line = `**${noChangeText(baseProblems)}**, ${against} (${counted(changes.unchanged, 'DAG')}).`;
    const rest = [...doubts, ...facts];
    return redact(`${[MARKER, line, ...(rest.length === 0 ? [] : ['', ...rest])].join('\n')}\n`);
  }
  const blocks = dagBlocks(changes, codeSpan);
  const head = [
    MARKER,
    `**DAGs: ${countsText(changes)}** · ${codeSpan(environment)}, ${against}`,
    '',
    '| | DAG | |',
    '|---|---|---|',
    ...fitLines(blocks.map(rowOf), TABLE_ROOM, (count) => `| | and ${counted(count, 'DAG')} more | |`),
    '',
    ...doubts,
    ...facts,
  ];
  const room = ROOM - head.join('\n').length - 1;
  const more = (count: number) => `Details of ${counted(count, 'DAG')} more: run \`hermes airflow plan\`.`;
  return redact(`${[...head, ...fitLines(blocks.map(detailsOf), room, more)].join('\n')}\n`);
}

function factLines({ title, lines }: FactBlock): string[] {
  const items = lines.map((line) => `- ${line}`.replace(/^- - /, '- − '));
  return [`**${title}**`, '', ...fitLines(items, FACT_ROOM, (count) => `- and ${count} more`), ''];
}

function rowOf({ mark, dagId, summary }: DagBlock): string {
  return `| ${mark === '-' ? '−' : mark} | ${codeSpan(dagId)} | ${summary} |`;
}

function detailsOf({ dagId, details }: DagBlock): string {
  const lines = details.map((line) => `- ${line}`.replace(/^- - /, '- − ').replace(/^- \+ /, '- \\+ '));
  const shown = fitLines(lines, DAG_ROOM, (count) => `- and ${count} more`);
  return `<details><summary>${codeElement(dagId)}</summary>\n\n${shown.join('\n')}\n\n</details>\n`;
}

function doubtLines({ sentence, problems }: BaseDoubt): string[] {
  const lines = problems.map((problem) => `- ${codeSpan(formatProblem(problem))}`);
  return [sentence, '', ...fitLines(lines, FACT_ROOM, (count) => `- and ${count} more`), ''];
}

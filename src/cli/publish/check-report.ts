import type { CheckEvent, CheckedProjectEvent } from '../../../ci/check-event.ts';
import { printableLine } from '../../core/printable.ts';
import type { Cli } from '../cli.ts';

const NAME_WIDTH = 20;

const MEANINGS: Readonly<Record<CheckedProjectEvent['state'], string>> = {
  unchanged: 'unchanged',
  new: 'new',
  raised: 'version raised',
  'same-content': 'only files changed that are not published, such as tests and notes',
  'as-target': 'the same there already',
  'unknown-before': 'what was before cannot be built, so its version is not known',
  same: 'changes, and its version does not',
  lowered: 'version lowered',
  taken: 'version too low meanwhile',
};

/** Prints the events of a check: lines for people, one object each with `--json`. */
export function checkReporter(cli: Cli): (event: CheckEvent) => void {
  return (event) => {
    cli.object(event);
    switch (event.event) {
      case 'preparing':
        return cli.note(`preparing Python packages for ${event.purpose} …`);
      case 'nothing':
        return cli.print(event.reason);
      case 'base': {
        const [branch, base] = [printableLine(event.branch), event.base.slice(0, 7)];
        const ahead = event.tip === event.base ? '' : `, which stands at ${event.tip.slice(0, 7)}`;
        return cli.print(`${event.team} · against ${base}, where this left ${branch}${ahead}`);
      }
      case 'project':
        return cli.print(projectLine(cli, event));
    }
  };
}

function projectLine(cli: Cli, { project, state, from, to, problem }: CheckedProjectEvent): string {
  const mark = problem === undefined ? cli.style('green', '✓') : cli.style('red', '✗');
  const versions = from === to ? [to] : [from, to];
  const detail = versions.filter((version) => version !== undefined).join(' → ');
  return `  ${mark} ${project.padEnd(NAME_WIDTH)}  ${[detail, MEANINGS[state]].filter(Boolean).join('  ')}`;
}

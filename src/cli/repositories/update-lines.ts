import { isTold, outcomeText } from '../../templates/describe-update.ts';
import type { RepositoryUpdate, UpdatedFile } from '../../templates/resolve-update.ts';
import type { Cli } from '../cli.ts';

/** How many lines of a file come and go. */
export type LineCounts = ReadonlyMap<string, { readonly added: number; readonly removed: number }>;

/** `template of Hermes 1.0.0 → 1.1.0` */
export function versionsText({ from, to }: RepositoryUpdate): string {
  return from === to ? `template of Hermes ${to}` : `template of Hermes ${from} → ${to}`;
}

/** One line for each file that an update tells of. */
export function updateLines(cli: Cli, update: RepositoryUpdate, counts: LineCounts = new Map()): string[] {
  const told = update.files.filter(isTold);
  const pathWidth = Math.max(0, ...told.map(({ path }) => path.length)) + 2;
  const textWidth = Math.max(0, ...told.map((file) => outcomeText(file).length)) + 2;
  return told.map((file) => {
    const count = counts.get(file.path);
    const lines = count === undefined ? '' : `+${count.added} -${count.removed}`;
    const text = outcomeText(file).padEnd(textWidth);
    return `  ${markOf(cli, file)} ${file.path.padEnd(pathWidth)}${text}${lines}`.trimEnd();
  });
}

/** The same for programs. */
export function updateObjects(update: RepositoryUpdate, counts: LineCounts = new Map()): object[] {
  return update.files.map(({ path, state, outcome, from, reason }) => {
    return { path, state, outcome, from, reason, ...counts.get(path) };
  });
}

function markOf(cli: Cli, { outcome }: UpdatedFile): string {
  if (outcome === 'conflict') return cli.style('red', '✗');
  const isChange = ['replace', 'add', 'merge', 'remove', 'widen'].includes(outcome);
  return isChange ? cli.style('green', '✓') : '·';
}

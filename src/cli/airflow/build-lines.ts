import type { BuildIndex } from '../../engines/airflow/compile/build-index.ts';
import type { BuildChange } from '../../engines/airflow/compile/compare-builds.ts';
import type { BuildFiles } from '../../engines/airflow/compile/plan-build.ts';
import type { Cli } from '../cli.ts';
import { size } from '../publish/publish-report.ts';
import { counted } from '../table.ts';

/** More DAGs than this are not listed one by one. */
const LISTED = 20;

/** The DAGs that a build adds, changes and removes, and one line about all of it. */
export function buildLines(
  cli: Cli,
  build: BuildFiles,
  index: BuildIndex,
  { dags, write, remove }: BuildChange,
  out: string,
): string[] {
  const rows = [
    ...dags.added.map((id) => [cli.style('green', '+'), id, index.dags[id]?.source ?? '']),
    ...dags.changed.map((id) => [cli.style('yellow', '~'), id, index.dags[id]?.source ?? '']),
    ...dags.removed.map((id) => [cli.style('red', '-'), id, 'gone']),
  ];
  const shown = rows.length > LISTED + 1 ? rows.slice(0, LISTED) : rows;
  const width = Math.max(0, ...shown.map(([, id = '']) => id.length));
  const lines = shown.map(([mark, id = '', source = '']) =>
    `  ${mark} ${id.padEnd(width)}  ${cli.style('dim', source)}`.trimEnd(),
  );
  const more = rows.length > shown.length ? [`  … and ${rows.length - shown.length} more`] : [];
  const bytes = [...build.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const counts = (['added', 'changed', 'removed', 'unchanged'] as const)
    .filter((kind) => dags[kind].length > 0)
    .map((kind) => `${dags[kind].length} ${kind}`);
  const what = counts.length === 0 ? '' : `: ${counts.join(', ')}`;
  const written = write.length + remove.length === 0 ? ', nothing to write' : '';
  const total = counted(Object.keys(index.dags).length, 'DAG');
  return [
    ...lines,
    ...more,
    `${total}${what} · ${counted(build.size, 'file')}, ${size(bytes)} in ${out}${written}`,
  ];
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../core/package-root.ts';

/** A loader that needs nothing beside it but its manifest: Airflow promises no import path between DAG files. */
export function loaderText(): string {
  const loader = ownSource('load_dags.py');
  return joined(titleOf(loader), ...taskSources(), ownSource('dag_parts.py'), loader);
}

/** The module that the files of single DAGs import: all that they are written with. */
export function tasksModuleText(): string {
  const title =
    '"""What the DAGs beside this file are written with. Written by `hermes airflow compile`; edit the DAG files instead."""';
  return joined(
    `${title}\n\n# fmt: off\n# ruff: noqa`,
    ...taskSources(),
    ...packageSources('javascript.py', 'lookup.py'),
    ownSource('dag_parts.py'),
    ownSource('run_tasks.py'),
  );
}

/** Python sources as one: each without its title and what it imports from the others. */
function joined(title: string, ...sources: readonly string[]): string {
  const bodies = sources.map((source, index) =>
    source
      .slice(titleOf(source).length)
      // Python takes it at the beginning only.
      .replace(index === 0 ? '' : /^from __future__ .*\n/m, '')
      .replace(/^from (?:hermes_airflow|dag_parts)\b.*\n/gm, '')
      .replace(/^__all__ = .*\n/gm, '')
      .trim(),
  );
  return `${[`${title}\n\n${bodies[0] ?? ''}`, ...bodies.slice(1)].join('\n\n\n')}\n`;
}

function titleOf(source: string): string {
  return /^"""[\s\S]*?"""/.exec(source)?.[0] ?? '';
}

function ownSource(name: string): string {
  return readFileSync(join(packageRoot, 'src', 'engines', 'airflow', 'compile', name), 'utf8');
}

function taskSources(): readonly string[] {
  return packageSources('tasks.py', 'artifact_store.py', 'artifacts.py');
}

function packageSources(...names: readonly string[]): readonly string[] {
  const folder = join(packageRoot, 'operators', 'python', 'hermes_airflow');
  return names.map((name) => readFileSync(join(folder, name), 'utf8'));
}

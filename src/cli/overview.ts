import { commands } from './commands.ts';

const EXAMPLES = [
  ['hermes repo create weather', 'a repository with a sample project and CI'],
  ['hermes run helloworld --branch my-branch', 'run what CI built from a branch'],
  ['hermes dag run dags/seattle.dag.yaml --env dev', 'run a DAG on this machine'],
] as const;

/**
 * What `hermes` and `hermes --help` print. Drawn from the table of commands, without loading the parser:
 * this is the command that people run most and wait for least.
 */
export function renderOverview(): string {
  const width = Math.max(...commands.map((entry) => entry.path.length)) + 2;
  const shown = commands.filter((entry) => entry.hidden !== true);
  const groups = [...new Set(shown.map((entry) => entry.group))];
  const blocks = groups.map((group) =>
    [
      `${group}:`,
      ...shown
        .filter((entry) => entry.group === group)
        .map((entry) => `  ${entry.path.padEnd(width)}${entry.summary}`),
    ].join('\n'),
  );
  const examples = EXAMPLES.map(([line, what]) => `  ${line.padEnd(50)}${what}`).join('\n');
  return [
    'Hermes: from a script to a governed data product.',
    'Usage: hermes <command> [options]',
    ...blocks,
    `Examples:\n${examples}`,
    'Options of every command: --json, --quiet, --no-color, -C <folder>, --help. Version: hermes --version',
    'Shell completion: eval "$(hermes completion bash)"',
  ].join('\n\n');
}

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/core/package-root.ts';

/** One call of a client, tried. */
interface TriedCall {
  /** `jobs`, `secrets`, …: a row of the table. */
  readonly area: string;
  readonly call: string;
  /** Of a call that has to be refused: the code with which it is. */
  readonly code?: string;
  /** What came instead; absent when the call did what it should. */
  readonly problem?: string;
}

/** What a client's program found out about the workspace. */
export interface ClientReport {
  /** Name and version of its package. */
  readonly client: string;
  readonly calls: readonly TriedCall[];
  /** Fields of answers that the client's types do not know, or know otherwise. */
  readonly shapes: readonly string[];
}

/** The script of the runs that clients start: its first parameter says what it does. */
export const SCRIPT = `
import sys, time
print(sys.argv[1], flush=True)
if sys.argv[1] == "sleep": time.sleep(60)
if sys.argv[1] == "pause": time.sleep(0.5)
if sys.argv[1] == "fail": raise SystemExit(3)
`;

/** What the service sends though the types of its SDK do not have it. */
export const KNOWN_BESIDE: readonly string[] = ['Run', 'BaseRun'].flatMap((kind) =>
  ['format', 'task', 'timeout_seconds', 'email_notifications', 'webhook_notifications'].map(
    (field) => `${kind}.${field} is unknown`,
  ),
);

const PAGE = join(packageRoot, 'docs', 'reference', 'workspace-clients.md');
const run = promisify(execFile);

/**
 * Runs a program of this folder that ends with `judge.report()`.
 * @param script Below this folder
 * @throws Error with what it wrote, when it ended otherwise
 */
export async function askClient(
  python: string,
  script: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ClientReport> {
  const program = join(packageRoot, 'test', 'workspace', 'clients', script);
  const { stdout } = await run(python, [program, ...words], {
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ClientReport;
}

/** Every call did what it should. */
export function assertPassed({ calls }: ClientReport): void {
  const problems = calls.filter(({ problem }) => problem !== undefined);
  assert.deepEqual(
    problems.map(({ area, call, problem }) => `${area}.${call}: ${problem}`),
    [],
  );
}

/**
 * The page says of this client what was tried, neither more nor less; UPDATE_GOLDEN=1 writes it.
 * @param table Name of its table in the page
 */
export function assertPageSays(table: string, { client, calls }: ClientReport): void {
  const page = readFileSync(PAGE, 'utf8');
  assert.ok(page.includes(client), `the page names another version than ${client}`);
  const pattern = new RegExp(`(<!-- calls: ${table} -->\n)[\\s\\S]*?(<!-- end -->)`);
  assert.match(page, pattern);
  const current = page.replace(pattern, (_all, start: string, end: string) => start + rendered(calls) + end);
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(PAGE, current);
  else assert.equal(page, current);
}

function rendered(calls: readonly TriedCall[]): string {
  const good = calls.filter(({ problem }) => problem === undefined);
  const rows = [...new Set(good.map(({ area }) => area))].map((area) => {
    const own = good.filter((call) => call.area === area);
    const codes = [...new Set(own.map(({ code }) => code))].filter((code) => code !== undefined);
    const refused = codes.map((code) => `${code}: ${named(own, code)}`);
    return `| ${area} | ${named(own, undefined)} | ${refused.join('; ')} |\n`;
  });
  return `| | pass | refused, as they should |\n|---|---|---|\n${rows.join('')}`;
}

function named(calls: readonly TriedCall[], code: string | undefined): string {
  return calls
    .filter((call) => call.code === code)
    .map(({ call }) => `\`${call}\``)
    .join(' ');
}

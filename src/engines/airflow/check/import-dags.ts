import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../../core/package-root.ts';
import { BUILD_INDEX, parseBuildIndex } from '../compile/build-index.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import { airflowSettings } from '../local/airflow-settings.ts';
import type { AirflowInstall } from '../local/install-airflow.ts';
import { runProgram } from '../local/run-program.ts';

const SCRIPT = join(packageRoot, 'src', 'engines', 'airflow', 'check', 'import_dags.py');

const answerSchema = z.object({
  airflow: z.string(),
  dags: z.array(z.string()),
  problems: z.array(z.object({ file: z.string(), dag: z.string().nullable(), text: z.string() })),
});

/** What an Airflow says to the files of a build. */
export interface ImportAnswer {
  /** Version of Airflow. */
  readonly airflow: string;
  /** Ids of those that it loaded. */
  readonly dags: readonly string[];
  /** Errors and warnings; `dag` is absent where only the file is known. */
  readonly problems: readonly { readonly file: string; readonly dag?: string; readonly text: string }[];
}

/**
 * Loads a build in an installed Airflow, in a folder and a process of its own: what its DAG processor would say.
 * Needs no server and no database.
 * @throws ProgramFailure when Airflow itself does not start
 */
export async function importDags(
  { python }: AirflowInstall,
  build: BuildFiles,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<ImportAnswer> {
  const index = parseBuildIndex(build.get(BUILD_INDEX) ?? '', BUILD_INDEX);
  const home = mkdtempSync(join(tmpdir(), 'hermes-airflow-'));
  const folder = mkdtempSync(join(home, 'build-'));
  try {
    for (const [name, text] of build) if (name !== BUILD_INDEX) writeFileSync(join(folder, name), text);
    const dags = Object.fromEntries(Object.entries(index.dags).map(([id, { file }]) => [id, file]));
    const question = join(home, 'question.json');
    writeFileSync(question, JSON.stringify({ folder, dags }));
    const printed = await runProgram({
      words: [python, SCRIPT, question],
      env: airflowSettings({ folder: home, env }),
      cwd: home,
      signal,
    });
    const { problems, ...rest } = answerSchema.parse(JSON.parse(printed));
    return {
      ...rest,
      problems: problems.map(({ dag, ...problem }) => (dag === null ? problem : { ...problem, dag })),
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

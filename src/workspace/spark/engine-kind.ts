import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '../../core/errors.ts';
import { type Database, openDatabase, readMeta, writeMeta } from '../state/database.ts';
import type { EngineKind } from './spark-runtime.ts';

const META = 'spark_engine';
/** Spark 4 needs it: https://spark.apache.org/docs/4.0.1/#downloading */
const JAVA = 17;

/** The engine that a workspace uses. */
export function engineKind(db: Database): EngineKind {
  return readMeta(db, META) === 'full' ? 'full' : 'sail';
}

/** Tells a workspace, running or not, which engine to use from its next session on. */
export function chooseEngine(folder: string, kind: EngineKind): void {
  const db = openDatabase(folder);
  writeMeta(db, META, kind);
  db.close();
}

/** The `java` to run: that of JAVA_HOME, else that on PATH. @throws ConfigError when there is none that is new enough */
export async function findJava(environment: NodeJS.ProcessEnv): Promise<string> {
  const home = environment.JAVA_HOME;
  const java = home ? join(home, 'bin', 'java') : 'java';
  const said = await promisify(execFile)(java, ['-version'], { env: environment }).then(
    ({ stderr, stdout }) => `${stderr}${stdout}`,
    () => undefined,
  );
  const version = /version "(\d+)/.exec(said ?? '')?.[1];
  if (version !== undefined && Number(version) >= JAVA) return java;
  const reason = version === undefined ? 'there is none' : `it is Java ${version}`;
  throw new ConfigError(`Cannot use the full Spark engine: it needs Java ${JAVA} or newer, and ${reason}.`, {
    code: 'HERMES_SPARK_JAVA',
    facts: { java },
    nextStep:
      'Install it: apt install openjdk-17-jre-headless (Debian, Ubuntu), brew install openjdk@17 (macOS). Or use the engine that needs none: hermes workspace start --spark sail.',
  });
}

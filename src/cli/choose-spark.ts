import { ConfigError } from '../core/errors.ts';
import { chooseEngine, findJava } from '../workspace/spark/engine-kind.ts';
import type { EngineKind } from '../workspace/spark/spark-runtime.ts';
import type { Cli } from './cli.ts';

/** The Spark engine that a command line names, when it can run here. @throws ConfigError */
export async function parseSpark(cli: Cli, name: string): Promise<EngineKind> {
  if (name !== 'sail' && name !== 'full')
    throw new ConfigError(
      `Cannot use Spark engine ${JSON.stringify(name)}: sail (quick, needs nothing) and full (Apache Spark, needs Java) are known.`,
      { code: 'HERMES_SPARK_ENGINE', nextStep: 'For example: hermes workspace start --spark full' },
    );
  if (name === 'full') await findJava(cli.env);
  return name;
}

/** Tells the workspace of the home which engine to use; it keeps to it until told otherwise. */
export function chooseSpark(cli: Cli, kind: EngineKind): void {
  chooseEngine(cli.home.workspace, kind);
  cli.print(
    kind === 'full'
      ? 'Spark is Apache Spark itself from the next session on. Its first start takes about half a minute.'
      : 'Spark is the embedded engine from the next session on.',
  );
}

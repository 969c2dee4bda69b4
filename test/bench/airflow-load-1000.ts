import { join } from 'node:path';
import { benchAirflow, timeDagBag } from './bench-airflow.ts';
import { inBenchFolder } from './bench-folder.ts';
import { alternate, type BenchResult } from './measure.ts';
import { compiledIn, writeBuild, writeDagFactory, writeDagFiles, writeLoop } from './thousand-dags.ts';

const DAGS = 1000;
const RUNS = 3;

/**
 * Airflow's `DagBag` over 1,000 DAGs of four tasks, in a process that has imported everything: those that Hermes
 * compiled, the same in a loop written by hand, the same for dag-factory. And what the start of one task loads.
 */
export function run(): Promise<BenchResult[]> {
  return inBenchFolder(measure);
}

async function measure(folder: string): Promise<BenchResult[]> {
  const airflow = await benchAirflow();
  writeDagFiles(folder, DAGS);
  const dags = await compiledIn(folder);
  const ours = writeBuild(join(folder, 'ours'), dags, 'as usual');
  const loop = writeLoop(join(folder, 'loop'), dags);
  const factory = writeDagFactory(join(folder, 'factory'), dags);
  const whole = (build: string) => () => timeDagBag(airflow, build, DAGS);
  const [asked] = dags.slice(DAGS / 2);
  const id = asked?.dagId ?? '';
  const shard = writeBuild(join(folder, 'shard'), dags, 'one');
  const single = writeBuild(join(folder, 'single'), asked === undefined ? [] : [asked], 'one');
  const start = (build: string) => () => timeDagBag(airflow, build, 1, id);
  return [
    row(
      'airflow-load-1000',
      'a loop written by hand, same tasks',
      await alternate(RUNS, whole(ours), whole(loop)),
    ),
    row(
      'airflow-load-1000-factory',
      'dag-factory 1.1.0, same tasks',
      await alternate(1, whole(ours), whole(factory)),
    ),
    row(
      'airflow-task-start-1000',
      'the same DAG alone in its file',
      await alternate(RUNS, start(shard), start(single)),
    ),
  ];
}

function row(name: string, peerName: string, { ours, peer }: { ours: number; peer: number }): BenchResult {
  return { name, ours, peer, peerName, unit: 's', ratio: ours / peer };
}

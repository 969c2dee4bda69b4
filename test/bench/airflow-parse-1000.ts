import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { benchAirflow, timeDagProcessor } from './bench-airflow.ts';
import { inBenchFolder } from './bench-folder.ts';
import type { BenchResult } from './measure.ts';
import { compiledIn, writeBuild, writeDagFactory, writeDagFiles, writePlainFiles } from './thousand-dags.ts';

const DAGS = 1000;
const SAMPLE = 40;

/**
 * A real `airflow dag-processor -n 1` over 1,000 DAGs, on an empty SQLite database, the whole process. Of plain files
 * a sample is measured and scaled: what the processor takes without any file counts once.
 */
export function run(): Promise<BenchResult[]> {
  return inBenchFolder(measure);
}

async function measure(folder: string): Promise<BenchResult[]> {
  const airflow = await benchAirflow();
  writeDagFiles(folder, DAGS);
  const dags = await compiledIn(folder);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const nothing = timeDagProcessor(airflow, empty, 0);
  const ours = timeDagProcessor(airflow, writeBuild(join(folder, 'ours'), dags, 'as usual'), DAGS);
  const factory = timeDagProcessor(airflow, writeDagFactory(join(folder, 'factory'), dags), DAGS);
  const sample = timeDagProcessor(
    airflow,
    writePlainFiles(join(folder, 'plain'), dags.slice(0, SAMPLE)),
    SAMPLE,
  );
  const plain = nothing + ((sample - nothing) * DAGS) / SAMPLE;
  const row = (name: string, peerName: string, peer: number): BenchResult => ({
    ...{ name, ours, peer, peerName, unit: 's', ratio: ours / peer },
  });
  return [
    row('airflow-parse-1000', `1,000 plain files (${SAMPLE} measured, scaled)`, plain),
    row('airflow-parse-1000-factory', 'dag-factory 1.1.0, same tasks', factory),
  ];
}

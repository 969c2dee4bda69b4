import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Pin } from '../../../src/artifacts/pin.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import type { ArtifactLookup } from '../../../src/engines/airflow/compile/artifact-lookup.ts';
import { airflowPython } from '../../airflow-python.ts';
import { temporaryFolder, whenAllIsOver } from '../../setup.ts';

/** What the first task of a DAG run is given. */
export interface ResolveCase {
  /** Of Airflow, by name; a text is taken as it is. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** By task id. */
  readonly requests: Readonly<Record<string, ArtifactLookup>>;
  /** Connections, in Airflow's way. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What it answers: the pins by task id and its log, or its error. */
export interface ResolveAnswer {
  readonly pins?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly log?: string;
  readonly error?: string;
  /** A retry does not mend it. */
  readonly is_final?: boolean;
}

/** Resolves artifacts, a list of cases at a time. */
export type Resolver = (cases: readonly ResolveCase[]) => Promise<readonly ResolveAnswer[]>;

/** Opens `resolve_artifacts` in the Python of a real Airflow, which ends with the tests. */
export async function openResolver(): Promise<Resolver> {
  const modules = join(packageRoot, 'operators', 'python', 'hermes_airflow');
  const script = join(packageRoot, 'test', 'operators', 'python', 'resolve_pins.py');
  const child = spawn(await airflowPython(3), [script, modules], {
    env: { ...process.env, AIRFLOW_HOME: temporaryFolder(), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const trouble: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => trouble.push(chunk));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  whenAllIsOver(async () => {
    child.stdin.end();
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (cases) => {
    child.stdin.write(`${JSON.stringify(cases)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`Python did not answer:\n${Buffer.concat(trouble)}`);
    return JSON.parse(value);
  };
}

/** A pin as the first task hands it to the others: what is absent is empty. */
export function asHandedOver(pin: Pin): Readonly<Record<string, string>> {
  const { team, project, script, version, commit, via } = pin;
  return {
    ...{ team, project, script, version, commit, via },
    script_url: pin.scriptUrl,
    script_sha256: pin.scriptSha256,
    wheel_url: pin.wheelUrl ?? '',
    wheel_sha256: pin.wheelSha256 ?? '',
    wheel_version: pin.wheelVersion ?? '',
    runtime_url: pin.runtimeUrl ?? '',
    runtime_sha256: pin.runtimeSha256 ?? '',
  };
}

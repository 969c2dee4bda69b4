import { join } from 'node:path';
import type { Pin } from '../../../src/artifacts/pin.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import type { ArtifactLookup } from '../../../src/engines/airflow/compile/artifact-lookup.ts';
import { airflowPython } from '../../airflow-python.ts';
import { lastingPython } from '../../lasting-python.ts';
import { temporaryFolder } from '../../setup.ts';

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

/** Resolves artifacts in the Python of a real Airflow, as `resolve_artifacts` does: a list of cases at a time. */
export const resolveCases: (cases: readonly ResolveCase[]) => Promise<readonly ResolveAnswer[]> =
  lastingPython(async () => ({
    python: await airflowPython(3),
    words: [
      join(packageRoot, 'test', 'operators', 'python', 'resolve_pins.py'),
      join(packageRoot, 'operators', 'python', 'hermes_airflow'),
    ],
    env: { AIRFLOW_HOME: temporaryFolder() },
  }));

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

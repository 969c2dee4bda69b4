import type { Json } from '../../core/json.ts';
import { printableLine } from '../../core/printable.ts';
import { redactAttribute } from '../../core/redaction.ts';
import type { Scalar } from '../../databricks/policy/cluster-attributes.ts';
import { changedPins, type Difference, type PinChange } from '../../engines/local/again/compare-runs.ts';
import type { PolicyChange } from '../../engines/local/again/keep-clusters.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import { shortVersion } from './run-lines.ts';

/** What a person should know before a run is repeated: what it repeats, and what comes out otherwise. Pure. */
export function rerunLines(
  before: RunRecord,
  planned: RunRecord,
  differences: readonly Difference[],
  changes: readonly PolicyChange[],
): readonly string[] {
  const lines = [
    ...changedPins(before, planned).map(pinLine),
    ...changes.flatMap(changeLines),
    ...differences.map(differenceLine),
  ];
  const what = `Repeats run ${before.runId} of ${before.dagId} for ${planned.logicalDate}`;
  if (lines.length === 0) return [`${what}, as it was.`];
  return [`${what}. Otherwise than then:`, ...lines.map((line) => `  ${line}`)];
}

/** The same for a program. Pure. */
export function rerunObject(
  before: RunRecord,
  planned: RunRecord,
  differences: readonly Difference[],
  changes: readonly PolicyChange[],
): Readonly<Record<string, unknown>> {
  return {
    event: 'repeats',
    dag: before.dagId,
    runId: before.runId,
    logicalDate: planned.logicalDate,
    artifacts: changedPins(before, planned),
    policies: changes.map(({ kept, ...change }) => ({
      ...change,
      ...(kept === undefined ? {} : { sent: Object.fromEntries(kept.sent), otherwise: kept.lost }),
    })),
    otherwise: differences,
  };
}

function pinLine({ taskId, was, is }: PinChange): string {
  return `${taskId}: ${is.project} ${shortVersion(was.version)} → ${shortVersion(is.version)}`;
}

function changeLines({ taskId, policy, kept }: PolicyChange): readonly string[] {
  const said = `${taskId}: policy ${policy} has changed since`;
  if (kept === undefined) return [`${said}; what the cluster was, the workspace no longer tells`];
  const lost = kept.lost.map(
    ({ path, was, is }) => `${path} ${attribute(path, was)} → ${attribute(path, is)}`,
  );
  const sent = [...kept.sent].map(([path, was]) => `${path} = ${attribute(path, was)}`);
  if (lost.length + sent.length === 0) return [`${said}; the cluster comes out the same`];
  return [
    ...(lost.length === 0 ? [] : [`${said}: ${lost.join(', ')}`]),
    ...(sent.length === 0 ? [] : [`${said}; sent to have it as it was: ${sent.join(', ')}`]),
  ];
}

function attribute(path: string, value: Scalar | undefined): string {
  return shown(redactAttribute(path, value));
}

function differenceLine({ taskId, path, was, is }: Difference): string {
  return `${taskId}: ${printableLine(path)} ${shown(was)} → ${shown(is)}`;
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'nothing' : printableLine(String(value) === '' ? "''" : String(value));
}

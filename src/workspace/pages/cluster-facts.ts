import type { JsonObject } from '../../core/json.ts';
import { printableLine } from '../../core/printable.ts';
import { redact, redactAttribute } from '../../core/redaction.ts';
import { type ClusterRecord, valueSources } from '../compute/clusters.ts';
import { flattenCluster } from '../policies/cluster-paths.ts';
import { dbusPerHourLimit, policyName } from '../policies/policies.ts';
import type { Database } from '../state/database.ts';
import { costEstimate } from './cost-estimate.ts';

/** The cluster of a task after its policy: every value with where it comes from, and what it would cost. */
export function clusterFacts(
  db: Database,
  cluster: ClusterRecord | undefined,
  spec: JsonObject,
  planned: Readonly<Record<string, string>>,
  now: number,
) {
  const policyId = typeof spec.policy_id === 'string' ? spec.policy_id : undefined;
  const stood = cluster === undefined ? undefined : (cluster.ended ?? now) - cluster.created;
  const limit = policyId === undefined ? undefined : dbusPerHourLimit(db, policyId);
  const cost = stood === undefined ? undefined : costEstimate(spec, stood, limit);
  return {
    ...(cluster === undefined ? {} : { clusterId: cluster.cluster_id }),
    ...(policyId === undefined ? {} : policyLink(db, policyId)),
    cluster: valueRows(spec, cluster === undefined ? planned : valueSources(cluster)),
    ...(cost === undefined ? {} : { cost }),
  };
}

function policyLink(db: Database, id: string) {
  const name = printableLine(policyName(db, id) ?? id);
  return { policyName: name, policyUrl: `/policies/${encodeURIComponent(id)}` };
}

function valueRows(spec: JsonObject, sources: Readonly<Record<string, string>>) {
  return [...flattenCluster(spec)]
    .filter(([path]) => !path.startsWith('custom_tags.') && path !== 'cluster_name')
    .map(([path, value]) => ({
      path: printableLine(path),
      value: printableLine(redact(String(redactAttribute(path, value)))),
      source: sources[path] ?? 'request',
      sourceTone: sources[path] === 'policy fixed' ? 'fixed' : '',
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

import type { JsonObject } from '../../core/json.ts';
import type { TaskRecord } from '../jobs/runs.ts';
import { invalidParameter } from '../wire/api-error.ts';
import type { Fields } from '../wire/fields.ts';
import { type ClusterRecord, effectiveSpec, terminationReason } from './clusters.ts';

const DEFAULT_LIMIT = 50;
const MAXIMUM_LIMIT = 500;

/** The reply of clusters/events: what is on record of a cluster's life, the newest first unless asked otherwise. */
export function clusterEvents(cluster: ClusterRecord, task: TaskRecord, request: Fields): JsonObject {
  const types = request.list('event_types').map(String);
  const from = request.count('start_time', 0);
  const to = request.count('end_time', Number.MAX_SAFE_INTEGER);
  const order = request.text('order') ?? 'DESC';
  if (order !== 'ASC' && order !== 'DESC') throw invalidParameter(`order is ASC or DESC, not ${order}.`);
  const found = eventsOf(cluster, task).filter(
    ({ type, timestamp }) =>
      (types.length === 0 || types.includes(type)) && timestamp >= from && timestamp <= to,
  );
  if (order === 'DESC') found.reverse();
  const offset = request.count('offset', Number(request.text('page_token') || 0));
  const limit = Math.min(
    request.count('limit', request.count('page_size', 0)) || DEFAULT_LIMIT,
    MAXIMUM_LIMIT,
  );
  const page = found.slice(offset, offset + limit);
  const end = offset + page.length;
  return {
    ...(page.length === 0
      ? {}
      : { events: page.map((event) => ({ cluster_id: cluster.cluster_id, ...event })) }),
    total_count: found.length,
    ...(end < found.length ? { next_page_token: String(end) } : {}),
  };
}

type ClusterEvent = { readonly type: string; readonly timestamp: number; readonly details: JsonObject };

function eventsOf(cluster: ClusterRecord, task: TaskRecord): ClusterEvent[] {
  const { num_workers: workers, autoscale } = effectiveSpec(cluster);
  const size: JsonObject = workers === undefined ? { autoscale: autoscale ?? {} } : { num_workers: workers };
  const events: ClusterEvent[] = [
    { type: 'CREATING', timestamp: cluster.created, details: { cluster_size: size } },
  ];
  if (task.running_at !== null) events.push({ type: 'RUNNING', timestamp: task.running_at, details: {} });
  if (cluster.ended !== null)
    events.push({
      type: 'TERMINATING',
      timestamp: cluster.ended,
      details: { reason: terminationReason(cluster.reason ?? 'JOB_FINISHED') },
    });
  return events;
}

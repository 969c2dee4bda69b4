import { type Context, Hono } from 'hono';
import { clusterEvents } from '../compute/cluster-events.ts';
import { listClusters } from '../compute/cluster-list.ts';
import { clusterById, renderCluster } from '../compute/clusters.ts';
import { nodeTypes } from '../compute/node-types.ts';
import { assertJobAccess } from '../identity/access.ts';
import { runById, taskById } from '../jobs/runs.ts';
import { sparkVersions } from '../policies/runtime-versions.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, readParameters, reply } from './request.ts';

/** `/clusters/…`: the clusters of task runs, to be looked at (https://docs.databricks.com/api/workspace/clusters). */
export function clusterRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const { db } = parts;
  const app = new Hono<AppTypes>();
  const find = (c: Context<AppTypes>, id: string) => {
    const cluster = clusterById(db, id);
    const task = cluster === undefined ? undefined : taskById(db, cluster.task_run);
    const run = task === undefined ? undefined : runById(db, task.parent);
    if (cluster === undefined || task === undefined || run === undefined)
      throw invalidParameter(`Cluster ${id} does not exist`);
    assertJobAccess(db, run.job_id, c.var.who, 'CAN_VIEW');
    return { cluster, task, run };
  };
  app.get('/get', async (c) => {
    const { cluster, run } = find(c, (await readParameters(c)).requiredText('cluster_id'));
    return reply(renderCluster(cluster, run.job_id, run.name));
  });
  app.get('/list', async (c) => {
    const states = c.req.queries('filter_by.cluster_states');
    const sources = c.req.queries('filter_by.cluster_sources');
    const { value } = await readParameters(c);
    const parameters = fieldsOf({
      ...value,
      ...(states === undefined ? {} : { 'filter_by.cluster_states': states.join(',') }),
      ...(sources === undefined ? {} : { 'filter_by.cluster_sources': sources.join(',') }),
    });
    return reply(listClusters(db, parameters, c.var.who, parts.clock.now()));
  });
  app.post('/events', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const { cluster, task } = find(c, fields.requiredText('cluster_id'));
    return reply(clusterEvents(cluster, task, fields));
  });
  app.get('/spark-versions', () => reply({ versions: sparkVersions }));
  app.get('/list-node-types', () => reply({ node_types: nodeTypes }));
  app.get('/list-zones', () => reply({ zones: ['local'], default_zone: 'local' }));
  app.post('/create', () => {
    throw invalidParameter(
      'This workspace has no all-purpose clusters: give a job or a run its new_cluster instead.',
    );
  });
  return app;
}

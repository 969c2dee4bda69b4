import { type JsonObject, parseJson } from '../../core/json.ts';
import type { Database } from '../state/database.ts';
import { fieldsOf } from '../wire/fields.ts';
import { type RepairRecord, repairsOf } from './repairs.ts';
import { jobParameterValues, parseJobParameters, readOverrides } from './run-overrides.ts';
import { lifeOfRun } from './run-state.ts';
import { lastAttempts, type RunRecord, type TaskRecord } from './runs.ts';
import { stateOf } from './state-view.ts';

/** Clusters and parameters that the tasks of a run share. */
export function jobFacts(run: RunRecord): JsonObject {
  const settings = fieldsOf(parseJson(run.request));
  const clusters = settings.list('job_clusters');
  if (run.trigger_kind === null) return clusters.length === 0 ? {} : { job_clusters: clusters };
  const { job_parameters: _forJob, only: _only, ...overriding } = readOverrides(run.overrides);
  const parameters = parseJobParameters(settings);
  const values = jobParameterValues(parameters, readOverrides(run.overrides));
  const defaults = new Map(parameters.map((parameter) => [parameter.name, parameter.default]));
  return {
    ...(clusters.length === 0 ? {} : { job_clusters: clusters }),
    ...(values.size === 0
      ? {}
      : {
          job_parameters: [...values].map(([name, value]) => {
            const given = defaults.get(name);
            return { name, ...(given === undefined ? {} : { default: given }), value };
          }),
        }),
    ...(Object.keys(overriding).length === 0 ? {} : { overriding_parameters: overriding as JsonObject }),
    ...(settings.object('schedule') === undefined ? {} : { schedule: settings.object('schedule') ?? null }),
  };
}

/** What a run was and how its repairs went, the oldest first; the run as it first was is always there. */
export function repairHistory(db: Database, run: RunRecord, tasks: readonly TaskRecord[]): JsonObject {
  const stored = repairsOf(db, run.run_id);
  const original = { ...run, repair_id: 0n, is_original: 1, started: run.submitted };
  const entries: readonly RepairRecord[] = stored.length > 0 ? stored : [original];
  const repair_history = entries.map((entry) => {
    const own = tasks.filter((task) => task.repair === (entry.is_original === 1 ? null : entry.repair_id));
    const life = entry.life ?? lifeOfRun(lastAttempts(own).map((task) => task.life));
    return {
      type: entry.is_original === 1 ? 'ORIGINAL' : 'REPAIR',
      ...(entry.is_original === 1 ? {} : { id: entry.repair_id }),
      start_time: entry.started,
      end_time: entry.ended ?? 0,
      ...stateOf({ ...entry, life }, false),
      task_run_ids: own.map((task) => task.run_id),
    };
  });
  return { repair_history };
}

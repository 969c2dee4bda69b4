import { type Json, type JsonObject, stringifyJson } from '../../core/json.ts';
import { printable, printableLine } from '../../core/printable.ts';
import { redactJson } from '../../core/redaction.ts';
import { mayViewJobs } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import type { RunRecord } from '../jobs/runs.ts';
import { type JobRecord, settingsOf } from '../jobs/saved-jobs.ts';
import type { Database } from '../state/database.ts';
import { isObject } from '../wire/fields.ts';
import { accessRows } from './access-rows.ts';
import { stateOfRun } from './run-state-words.ts';
import { timeWords } from './words.ts';

const MAX_JOBS = 200;

/** What the page of a saved job says about it; its runs aside. */
export function jobFacts(db: Database, job: JobRecord) {
  const settings = settingsOf(job);
  const tasks = (Array.isArray(settings.tasks) ? settings.tasks : []).filter(isObject);
  return {
    id: String(job.job_id),
    name: printableLine(job.name),
    creator: printableLine(job.creator),
    runAs: printableLine(job.run_as),
    created: timeWords(job.created),
    ...(job.due === null ? {} : { due: timeWords(job.due) }),
    schedule: scheduleWords(settings),
    tasks: tasks.map((task) => ({
      key: printableLine(String(task.task_key)),
      work: workOf(task),
      after: namesOf(task.depends_on).map(printableLine).join(', '),
    })),
    access: accessRows(db, job.job_id),
    settings: printable(stringifyJson(redactJson(settings), 2)),
  };
}

/** The newest saved jobs that someone may see, with how their last run went. */
export function jobRows(db: Database, who: Identity) {
  const [may, ...names] = mayViewJobs(who, 'jobs.job_id');
  const sql = `SELECT * FROM jobs WHERE deleted IS NULL AND ${may} ORDER BY job_id DESC LIMIT ${MAX_JOBS}`;
  return db.rows<JobRecord>(sql, ...names).map((job) => {
    const last = db.row<RunRecord>(
      'SELECT * FROM runs WHERE job_id = ? AND deleted IS NULL ORDER BY run_id DESC LIMIT 1',
      job.job_id,
    );
    return {
      url: `/jobs/${job.job_id}`,
      name: printableLine(job.name),
      creator: printableLine(job.creator),
      schedule: scheduleWords(settingsOf(job)),
      ...(job.due === null ? {} : { due: timeWords(job.due) }),
      ...(last === undefined ? {} : { last: stateOfRun(db, last), lastAt: timeWords(last.submitted) }),
    };
  });
}

function scheduleWords(settings: JsonObject): string | undefined {
  const { schedule, trigger } = settings;
  if (isObject(schedule))
    return printableLine(
      `${schedule.quartz_cron_expression} ${schedule.timezone_id ?? ''}${schedule.pause_status === 'PAUSED' ? ' (paused)' : ''}`,
    );
  return isObject(trigger) ? printableLine(stringifyJson(trigger)) : undefined;
}

function workOf(task: JsonObject): string {
  const { spark_python_task: script, python_wheel_task: wheel, notebook_task: notebook } = task;
  if (isObject(script)) return `script ${printableLine(String(script.python_file))}`;
  if (isObject(wheel)) return `wheel ${printableLine(`${wheel.package_name}: ${wheel.entry_point}`)}`;
  return isObject(notebook) ? `notebook ${printableLine(String(notebook.notebook_path))}` : '';
}

function namesOf(list: Json | undefined): string[] {
  return Array.isArray(list) ? list.filter(isObject).map((item) => String(item.task_key)) : [];
}

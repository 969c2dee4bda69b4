import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { driftOf } from './bundle-drift.ts';
import { type BundleFiler, bundleFiler, succeeded } from './bundle-filer.ts';

/** A bundle with one job. */
export interface Bundle {
  readonly name: string;
  readonly target: string;
  /** Path in the bundle → content. */
  readonly files: Readonly<Record<string, string>>;
  /** Name of a wheel → its bytes. */
  readonly wheels: Readonly<Record<string, Uint8Array>>;
  /** Who may see the bundle besides its deployer. */
  readonly viewers: readonly string[];
  /** The job's settings, from the folders of files and of wheels. */
  readonly job: (files: string, wheels: string) => Record<string, unknown>;
}

/** How a run ended, as `bundle run` prints it. */
export interface BundleRun {
  readonly url: string;
  readonly result: string;
  readonly message: string;
  /** Task → what it printed. */
  readonly outputs: Readonly<Record<string, string>>;
}

interface State {
  readonly lineage: string;
  readonly serial: number;
  readonly state: Record<string, { readonly __id__: string }>;
}

const JOB = 'resources.jobs.main';

/**
 * The calls that the Databricks CLI makes for `bundle deploy|run|summary|destroy` with the direct engine, in their
 * order, with the checks that it makes on the answers. It cannot be installed from a registry, so this stands for it:
 * https://github.com/databricks/cli/tree/main/bundle/phases, …/libs/locker, …/acceptance/bundle/user_agent/simple
 */
export function bundleFlow(host: string, token: string, bundle: Bundle) {
  const filer = bundleFiler(host, token);
  const begin = async () => {
    assert.ok([200, 404].includes((await filer.call('GET', '/.well-known/databricks-config')).status));
    const me = await filer.call('GET', '/api/2.0/preview/scim/v2/Me');
    const user = String(succeeded(me).userName);
    assert.match(me.headers.get('x-databricks-org-id') ?? '', /^\d+$/);
    return { user, ...placesOf(bundle, user) };
  };
  return {
    /** Answers what was done with the job. */
    deploy: async (): Promise<'created' | 'unchanged' | 'changed'> => {
      const { user, root, files, wheels, state } = await begin();
      const known = await pullState(filer, state);
      const lock = await acquireLock(filer, state, user);
      try {
        await uploadWheels(filer, wheels, bundle);
        await syncFiles(filer, files, bundle);
        await filer.stat(`${state}/deployment.json`);
        await writeJson(filer, `${state}/deployment.json`, { version: 1, seq: 1, id: randomUUID() });
        await grantRoot(filer, root, user, bundle.viewers);
        await filer.mkdirs(`${root}/resources`);
        const settings = { ...bundle.job(files, wheels), ...ownSettings(state) };
        const { jobId, action } = await applyJob(filer, known, settings);
        if (action === 'created') await grantJob(filer, jobId, user, bundle.viewers);
        await pushState(filer, state, known, jobId);
        await writeJson(filer, `${state}/metadata.json`, { version: 1, config: {}, extra: {} });
        return action;
      } finally {
        await lock.release();
        await filer.call('POST', '/telemetry-ext', { uploadTime: Date.now(), items: [], protoLogs: ['{}'] });
      }
    },
    run: async (): Promise<BundleRun> => {
      const { state } = await begin();
      return followRun(filer, jobIdOf(await pullState(filer, state)));
    },
    /** The job as `bundle summary` shows it. */
    summary: async (): Promise<{ id: string; name: string }> => {
      const { state } = await begin();
      const id = jobIdOf(await pullState(filer, state));
      const job = succeeded(await filer.call('GET', `/api/2.2/jobs/get?job_id=${id}`)) as unknown as {
        job_id: number;
        settings: { name: string };
      };
      return { id: String(job.job_id), name: job.settings.name };
    },
    destroy: async (): Promise<void> => {
      const { user, root, state } = await begin();
      const id = jobIdOf(await pullState(filer, state));
      const lock = await acquireLock(filer, state, user);
      succeeded(await filer.call('GET', `/api/2.2/jobs/get?job_id=${id}`));
      assert.equal((await filer.stat(root))?.object_type, 'DIRECTORY');
      succeeded(await filer.call('POST', '/api/2.2/jobs/delete', { job_id: Number(id) }));
      assert.ok(await filer.remove(root, true));
      await lock.release();
    },
    /** Holds the lock as another deployment would that is going on. */
    lock: async (): Promise<{ release(): Promise<void> }> => {
      const { user, state } = await begin();
      return acquireLock(filer, state, user);
    },
  };
}

function placesOf({ name, target }: Bundle, user: string) {
  const root = `/Workspace/Users/${user}/.bundle/${name}/${target}`;
  const wheels = `${root}/artifacts/.internal`;
  return { root, files: `${root}/files`, wheels, state: `${root}/state` };
}

/** The state of either engine; the direct one's wins. */
async function pullState(filer: BundleFiler, folder: string): Promise<State | undefined> {
  const [direct] = await Promise.all(
    ['resources.json', 'terraform.tfstate'].map((name) => filer.read(`${folder}/${name}`)),
  );
  return direct === undefined ? undefined : (JSON.parse(direct) as State);
}

async function pushState(
  filer: BundleFiler,
  folder: string,
  known: State | undefined,
  jobId: string,
): Promise<void> {
  const state: State = {
    lineage: known?.lineage ?? randomUUID(),
    serial: (known?.serial ?? 0) + 1,
    state: { [JOB]: { __id__: jobId } },
  };
  await writeJson(filer, `${folder}/resources.json`, { state_version: 2, cli_version: '1.9.0', ...state });
}

/** Creates the lock file, or finds out who has it. */
async function acquireLock(filer: BundleFiler, state: string, user: string) {
  const file = `${state}/deploy.lock`;
  const mine = { ID: randomUUID(), AcquisitionTime: new Date().toISOString(), IsForced: false, User: user };
  await filer.write(file, JSON.stringify(mine), false);
  const holder = JSON.parse((await filer.read(file)) ?? '{}') as typeof mine;
  if (holder.ID !== mine.ID)
    throw new Error(`deploy lock acquired by ${holder.User} at ${holder.AcquisitionTime}.`);
  return {
    release: async (): Promise<void> => {
      // Gone after a destroy: that took the whole folder.
      if ((await filer.stat(file)) === undefined) return;
      assert.equal(JSON.parse((await filer.read(file)) ?? '{}').ID, mine.ID);
      assert.ok(await filer.remove(file));
    },
  };
}

async function uploadWheels(filer: BundleFiler, folder: string, { wheels }: Bundle): Promise<void> {
  await filer.remove(folder, true);
  await filer.mkdirs(folder);
  for (const [name, bytes] of Object.entries(wheels)) await filer.write(`${folder}/${name}`, bytes);
}

/** All at once, as the sync does: directories first, each file then. */
async function syncFiles(filer: BundleFiler, folder: string, { files }: Bundle): Promise<void> {
  if ((await filer.stat(folder)) === undefined) await filer.mkdirs(folder);
  assert.equal((await filer.stat(folder))?.object_type, 'DIRECTORY');
  const directories = Object.keys(files).flatMap((file) => file.split('/').slice(0, -1).join('/') || []);
  await Promise.all([...new Set(directories)].map((directory) => filer.mkdirs(`${folder}/${directory}`)));
  await Promise.all(Object.entries(files).map(([file, text]) => filer.write(`${folder}/${file}`, text)));
}

async function grantRoot(
  filer: BundleFiler,
  root: string,
  user: string,
  viewers: readonly string[],
): Promise<void> {
  const found = await filer.stat(root);
  const answer = await filer.call('PUT', `/api/2.0/permissions/directories/${found?.object_id}`, {
    access_control_list: [
      { user_name: user, permission_level: 'CAN_MANAGE' },
      ...viewers.map((group) => ({ group_name: group, permission_level: 'CAN_READ' })),
    ],
  });
  assert.ok(Array.isArray(succeeded(answer).access_control_list));
}

async function grantJob(
  filer: BundleFiler,
  jobId: string,
  user: string,
  viewers: readonly string[],
): Promise<void> {
  const answer = await filer.call('PUT', `/api/2.0/permissions/jobs/${jobId}`, {
    access_control_list: [
      { user_name: user, permission_level: 'IS_OWNER' },
      ...viewers.map((group) => ({ group_name: group, permission_level: 'CAN_VIEW' })),
    ],
  });
  assert.equal(succeeded(answer).object_id, `/jobs/${jobId}`);
}

function ownSettings(state: string): Record<string, unknown> {
  return {
    deployment: { kind: 'BUNDLE', metadata_file_path: `${state}/metadata.json` },
    edit_mode: 'UI_LOCKED',
    format: 'MULTI_TASK',
    queue: { enabled: true },
    max_concurrent_runs: 1,
  };
}

async function applyJob(filer: BundleFiler, known: State | undefined, settings: object) {
  if (known === undefined) {
    const { job_id: id } = succeeded(await filer.call('POST', '/api/2.2/jobs/create', settings));
    return { jobId: String(id), action: 'created' as const };
  }
  const jobId = jobIdOf(known);
  const job = succeeded(await filer.call('GET', `/api/2.2/jobs/get?job_id=${jobId}`));
  succeeded(await filer.call('GET', `/api/2.0/permissions/jobs/${jobId}`));
  if (driftOf(settings, job.settings).length === 0) return { jobId, action: 'unchanged' as const };
  const change = { job_id: Number(jobId), new_settings: settings };
  succeeded(await filer.call('POST', '/api/2.2/jobs/reset', change));
  return { jobId, action: 'changed' as const };
}

function jobIdOf(state: State | undefined): string {
  const id = state?.state[JOB]?.__id__ ?? '';
  assert.match(id, /^\d+$/);
  return id;
}

interface Run {
  readonly run_page_url: string;
  readonly run_name: string;
  readonly state: { life_cycle_state: string; result_state?: string; state_message?: string };
  readonly tasks: readonly { task_key: string; run_id: number; state: { result_state?: string } }[];
}

async function followRun(filer: BundleFiler, jobId: string): Promise<BundleRun> {
  const started = succeeded(await filer.call('POST', '/api/2.2/jobs/run-now', { job_id: Number(jobId) }));
  const get = async (): Promise<Run> =>
    succeeded(await filer.call('GET', `/api/2.2/jobs/runs/get?run_id=${started.run_id}`)) as unknown as Run;
  let run = await get();
  while (!['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'].includes(run.state.life_cycle_state)) {
    await delay(20);
    run = await get();
  }
  assert.match(run.run_page_url, /^http/);
  const outputs: Record<string, string> = {};
  for (const task of run.tasks) {
    const output = succeeded(
      await filer.call('GET', `/api/2.2/jobs/runs/get-output?run_id=${task.run_id}`),
    ) as { logs?: string; error?: string; notebook_output?: { result?: string } };
    outputs[task.task_key] = output.error ?? (output.notebook_output?.result || output.logs) ?? '';
  }
  const { result_state: result = '', state_message: message = '' } = run.state;
  return { url: run.run_page_url, result, message, outputs };
}

async function writeJson(filer: BundleFiler, path: string, value: object): Promise<void> {
  assert.ok(await filer.write(path, JSON.stringify(value)));
}

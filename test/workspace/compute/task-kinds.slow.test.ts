import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pythonTools } from '../../python-tools.ts';
import { temporaryFolder } from '../../setup.ts';
import { writeWheel } from '../../write-wheel.ts';
import { closeWorkspaces, openWorkspace, type RunReply, type TestWorkspace } from '../workspace-harness.ts';

const HEADER = '# Databricks notebook source\n';
/** Nobody but an admin makes a cluster without a policy. */
const serverless = { new_cluster: undefined };
const NEXT = '\n# COMMAND ----------\n\n';

describe('what a task runs', () => {
  let workspace: TestWorkspace;
  before(async () => {
    const home = temporaryFolder();
    const path = `${pythonTools('test')}:${process.env.PATH}`;
    const machine = { PATH: path, HOME: home, UV_DEFAULT_INDEX: `file://${home}` };
    workspace = await openWorkspace({ cacheFolder: temporaryFolder(), machine });
  });
  after(closeWorkspaces);

  it('calls the entry point of a wheel, or the function of that name, with the name of the package before the parameters', async () => {
    const code = [
      'import sys',
      'def start(): print("declared", sys.argv); sys.exit(0)',
      'def other(): print("a function", sys.argv)',
      'def broken(): return {}["tempMax"]',
    ].join('\n');
    const whl = await writeWheel('1.0', code, {
      'entry_points.txt': '[console_scripts]\nmonthly = observations:start\n',
    });
    const wheelTask = (entry_point: string, more: object) => ({
      spark_python_task: undefined,
      python_wheel_task: { package_name: 'observations', entry_point, ...more },
      libraries: [{ whl }],
    });
    const declared = await ended(wheelTask('monthly', { parameters: ['--day', '1'] }));
    assert.equal(declared.logs, "declared ['observations', '--day', '1']\n");
    const called = await ended(wheelTask('other', { named_parameters: { day: '1' } }));
    assert.equal(called.logs, "a function ['observations', '--day=1']\n");
    const missing = await ended(wheelTask('montly', {}));
    assert.equal(
      missing.error,
      "ImportError: Cannot find the entry point 'montly' of package 'observations': its metadata names monthly, and module observations has no function montly.",
    );
    const broken = await ended(wheelTask('broken', {}));
    assert.equal(broken.error, "KeyError: 'tempMax'");
    assert.match(String(broken.error_trace), /^Traceback.*\n {2}File ".*observations\/__init__\.py", line 4/);
  });

  it('runs the cells of a notebook in one scope, with those of the notebooks that it names', async () => {
    const folder = notebooks({
      main: `${[
        '# MAGIC %md\n# MAGIC # Title\n# MAGIC %fs is only text here',
        'dbutils.widgets.text("day", "never"); dbutils.widgets.dropdown("size", "S", ["S", "L"])',
        '# MAGIC %run ./shared/names $greeting="hello"',
        '# MAGIC %sh echo "from a shell"',
        'print(name(), dbutils.widgets.get("day"), dbutils.widgets.get("size"), getattr(dbutils.widgets, "getArgument")("no", "none"))',
        'display([1])\ndbutils.notebook.exit("7 rows")',
        'print("not reached")',
      ].join(NEXT)}\n`,
      'shared/names': 'def name():\n    return dbutils.widgets.get("greeting")\n',
    });
    const output = await ended(notebook(join(folder, 'main'), { day: '2026-11-21' }));
    assert.equal(output.logs, 'from a shell\nhello 2026-11-21 S none\n[1]\n');
    assert.deepEqual(output.notebook_output, { result: '7 rows', truncated: false });
  });

  it('names the cell and the line of a notebook that raised, and what it does not run', async () => {
    const folder = notebooks({
      bad: `a = 1${NEXT}# DBTITLE 1,Fails\ndef f():\n    return {}["tempMax"]\n\nf()`,
      scala: `# MAGIC %scala\n# MAGIC val a = 1`,
      lost: '# MAGIC %run ./nowhere',
      loop: '# MAGIC %run ./loop',
      pip: '# MAGIC %pip install -e .',
    });
    const bad = await ended(notebook(join(folder, 'bad.py')));
    assert.equal(bad.error, "KeyError: 'tempMax'");
    const place = `File "<cell 2 of ${folder}/bad>", line`;
    assert.equal(
      bad.error_trace,
      `Traceback (most recent call last):\n  ${place} 4, in <module>\n    f()\n  ${place} 2, in f\n    return {}["tempMax"]\n           ~~^^^^^^^^^^^\nKeyError: 'tempMax'\n`,
    );
    const scala = await ended(notebook(join(folder, 'scala')));
    assert.equal(
      scala.error,
      'NotImplementedError: Cannot run %scala: notebooks here know %md, %pip install, %python, %run, %sh and %sql.',
    );
    const lost = await ended(notebook(join(folder, 'lost')));
    assert.equal(
      lost.error,
      `FileNotFoundError: Cannot %run ./nowhere: there is no notebook ${folder}/nowhere.`,
    );
    const loop = await ended(notebook(join(folder, 'loop')));
    assert.equal(
      loop.error,
      `RecursionError: Notebook ${folder}/loop runs itself by %run: ${folder}/loop -> ${folder}/loop`,
    );
    const { error } = await ended(notebook(join(folder, 'pip')));
    assert.equal(
      error,
      `Cannot read the notebook ${folder}/pip: its %pip install -e . is not supported: only %pip install with names of packages is.`,
    );
    writeFileSync(join(folder, 'query.py'), '// Databricks notebook source\nval x = 1\n');
    assert.equal(
      (await ended(notebook(join(folder, 'query')))).error,
      `Cannot read the notebook ${folder}/query: it is a notebook of Scala; notebooks of Python and SQL are run here.`,
    );
  });

  it('installs what requirements, policies and %pip ask for, and says which library an index does not have', async () => {
    const wheel = await writeWheel('1.0', 'NAME = "listed"');
    const listed = join(temporaryFolder(), 'requirements.txt');
    writeFileSync(listed, `${wheel}\n`);
    const code = 'import observations; print(observations.NAME)';
    const id = await workspace.submit(code, { task: { libraries: [{ requirements: listed }] } });
    assert.equal((await outputOf(await workspace.runUntil(id))).logs, 'listed\n');
    const definition = JSON.stringify({ num_workers: { type: 'fixed', value: 1 } });
    const policy = { name: 'with-libraries', definition, libraries: [{ whl: wheel }] };
    const { body } = await workspace.call('POST', '/api/2.0/policies/clusters/create', policy);
    const ofPolicy = await workspace.submit(code, { cluster: { policy_id: body.policy_id } });
    assert.equal((await outputOf(await workspace.runUntil(ofPolicy))).logs, 'listed\n');
    const folder = notebooks({ pip: '# MAGIC %pip install no-such-package-of-hermes==9' });
    const task = notebook(join(folder, 'pip'));
    const run = await workspace.runUntil(await workspace.submit('', { task }));
    assert.match(
      String(run.tasks[0]?.state.state_message),
      /^Library installation failed for library due to user error for pypi: "no-such-package-of-hermes==9" Error messages: Library installation attempted on the driver node of cluster \S+ and failed\. [\s\S]*Error Code: NO_MATCHING_DISTRIBUTION_ERROR$/,
    );
  });

  it('runs notebooks and wheels that the workspace keeps, as their user may read them', async () => {
    await put('/Users/you@localhost/etl', 'SOURCE', '# MAGIC %run ./names', NEXT, 'print(name())');
    await put('/Users/you@localhost/names', 'SOURCE', 'def name(): return "kept"');
    const whl = '/Users/you@localhost/observations-1.0-py3-none-any.whl';
    await put(whl, 'AUTO', await readFile(await writeWheel('1.0', 'def go(): print("kept wheel")')));
    const kept = await ended(notebook('/Users/you@localhost/etl'));
    assert.equal(kept.logs, 'kept\n');
    const wheelTask = { package_name: 'observations', entry_point: 'go' };
    const libraries = [{ whl: `/Workspace${whl}` }];
    const task = { spark_python_task: undefined, python_wheel_task: wheelTask, libraries };
    assert.equal((await ended(task)).logs, 'kept wheel\n');
    const token = workspace.user('eva', 'others');
    const id = await workspace.submit('', {
      task: { ...notebook('/Users/you@localhost/etl'), ...serverless },
      token,
    });
    const refused = await workspace.runUntil(id);
    assert.match(
      String(refused.tasks[0]?.state.state_message),
      /^Cannot read the notebook \/Users\/you@localhost\/etl: /,
    );
  });

  it('gives a notebook the secrets of its user, and never prints them', async () => {
    const secrets = '/api/2.0/secrets';
    await workspace.call('POST', `${secrets}/scopes/create`, { scope: 'team' });
    await workspace.call('POST', `${secrets}/put`, {
      scope: 'team',
      key: 'api',
      string_value: 's3cret-value',
    });
    const folder = notebooks({
      main: [
        'import sys\nvalue = dbutils.secrets.get(scope="team", key="api")',
        'print(len(value), value, "in", [value]); print("again", value, file=sys.stderr)',
        'dbutils.secrets.get("team", "none") if dbutils.widgets.get("what") == "none" else None',
        'raise ValueError(value)',
      ].join(NEXT),
    });
    const output = await ended(notebook(join(folder, 'main'), { what: '' }));
    assert.match(String(output.logs), /^12 \[REDACTED\] in \['\[REDACTED\]'\]\nagain \[REDACTED\]\n/);
    assert.equal(output.error, 'ValueError: [REDACTED]');
    assert.doesNotMatch(JSON.stringify(output), /s3cret/);
    const missing = await ended(notebook(join(folder, 'main'), { what: 'none' }));
    assert.equal(
      missing.error,
      'RuntimeError: RESOURCE_DOES_NOT_EXIST: Secret does not exist with scope: team and key: none',
    );
  });

  it('reads no file of its own folder for a task', async () => {
    const file = join(workspace.folder, 'owner-token');
    const output = await ended({ spark_python_task: { python_file: `file://${file}` } });
    assert.equal(output.error, `Cannot read the python file file://${file}: Permission denied.`);
  });

  async function put(path: string, format: string, ...content: readonly (string | Buffer)[]): Promise<void> {
    const text = content.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
    const bytes = format === 'SOURCE' ? [Buffer.from(HEADER), ...text] : text;
    const body = {
      path,
      format,
      ...(format === 'SOURCE' ? { language: 'PYTHON' } : {}),
      content: Buffer.concat(bytes).toString('base64'),
    };
    const answer = await workspace.call('POST', '/api/2.0/workspace/import', body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }

  function notebooks(sources: Readonly<Record<string, string>>): string {
    const folder = temporaryFolder();
    for (const [name, text] of Object.entries(sources)) {
      const file = join(folder, `${name}.py`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, HEADER + text);
    }
    return folder;
  }

  function notebook(path: string, base_parameters: object = {}) {
    return { spark_python_task: undefined, notebook_task: { notebook_path: path, base_parameters } };
  }

  async function ended(task: object) {
    return outputOf(await workspace.runUntil(await workspace.submit('', { task })));
  }

  function outputOf(run: RunReply): Promise<Record<string, unknown>> {
    return workspace.output(run.tasks[0]?.run_id);
  }
});

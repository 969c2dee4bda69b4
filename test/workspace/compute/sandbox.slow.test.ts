import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

const LANDLOCK = join(import.meta.dirname, '../../../src/workspace/compute/driver');

/** Tries each line of Python and prints how it went. */
function tries(lines: readonly string[]): string {
  return [
    'import os, subprocess, sys',
    `for line in ${JSON.stringify(lines)}:`,
    '    try:',
    '        print("ok", eval(line))',
    '    except OSError as error:',
    '        print(type(error).__name__, error.strerror, error.filename)',
  ].join('\n');
}

describe('what a run may touch', () => {
  let workspace: TestWorkspace;
  const home = temporaryFolder();
  const [production, development] = [join(home, 'products/prod'), join(home, 'products/dev')];
  const data = join(production, 'months.csv');
  const artifacts = join(home, 'artifacts');
  const artifact = join(artifacts, 'rain.py');
  const isEnforced = kernelEnforces();
  const closed = ['/tmp', '/var/tmp', '/dev/shm'].find((place) => home.startsWith(`${place}/`));
  const temporary = closed === undefined ? '/tmp' : 'the folder of tempfile.gettempdir()';
  const elsewhere = `A run writes to its Products zone, ${development} (hermes_runtime.output_path(...)), its working folder and ${temporary} only`;
  before(async () => {
    mkdirSync(production, { recursive: true });
    writeFileSync(data, 'months of production');
    mkdirSync(artifacts);
    writeFileSync(artifact, 'a script');
    const zones = [
      { name: 'dev', products: development, production: false, readPrefix: '' },
      { name: 'prod', products: production, production: true, readPrefix: '' },
    ];
    workspace = await openWorkspace({ folder: join(home, 'workspace'), zones, keptFolders: [artifacts] });
  });
  after(closeWorkspaces);

  it('lets it write to its Products zone and to places of its own', async () => {
    const log = await run('dev', [
      'open(ZONE + "/a.csv", "w").write("x")',
      'os.rename(ZONE + "/a.csv", ZONE + "/b.csv")',
      'os.mkdir(os.environ["TMPDIR"] + "/t")',
      'open(os.environ["HOME"] + "/x", "w").write("x")',
      'open("/dev/null", "w").write("x")',
      `open(${JSON.stringify(import.meta.filename)}).read(6)`,
    ]);
    assert.equal(log, 'ok 1\nok None\nok None\nok 1\nok 1\nok import\n');
    assert.ok(existsSync(join(development, 'b.csv')));
  });

  it('keeps what commands put into the home as it is, also where the home lies in a place for temporary files', async () => {
    const kept =
      "A run may read this, and not change it: artifacts, uploads and the like come here by Hermes' commands";
    const beside = `${home}-beside`;
    const log = await run('dev', [
      `open(${JSON.stringify(artifact)}).read()`,
      `open(${JSON.stringify(artifact)}, "w")`,
      `__import__("shutil").rmtree(${JSON.stringify(artifacts)})`,
      `open(${JSON.stringify(beside)}, "w")`,
      `os.mkdir(${JSON.stringify(join(home, 'new'))})`,
      `subprocess.run(["rm", "-rf", ${JSON.stringify(artifacts)}], capture_output=True).returncode`,
      `subprocess.run(["touch", ${JSON.stringify(beside)}], capture_output=True).returncode`,
      '__import__("tempfile").TemporaryFile().write(b"x")',
    ]);
    const why = closed === undefined ? '' : `: ${closed} is closed to it, for data of Hermes lies there`;
    assert.deepEqual(log.trim().split('\n'), [
      'ok a script',
      `PermissionError ${kept} ${artifact}`,
      `PermissionError ${kept} ${artifacts}`,
      `PermissionError ${elsewhere}${why} ${beside}`,
      `PermissionError ${elsewhere}${why} ${join(home, 'new')}`,
      ...(isEnforced ? ['ok 1', 'ok 1'] : log.trim().split('\n').slice(5, 7)),
      'ok 1',
    ]);
    if (isEnforced) assert.equal(readFileSync(artifact, 'utf8'), 'a script');
    const zoned = await run('dev', [`open(${JSON.stringify(artifact)}, "a")`], {
      HERMES_PRODUCTS_ZONE: `file://${artifacts}`,
    });
    assert.equal(zoned, `PermissionError ${kept} ${artifact}\n`);
  });

  it('opens the first zone of development to a run that no environment was given to, as Spark does', async () => {
    const log = await run('dev', [`open(${JSON.stringify(join(development, 'c.csv'))}, "w").write("x")`], {
      HERMES_ENVIRONMENT: '',
      HERMES_PRODUCTS_ZONE: '',
    });
    assert.equal(log, 'ok 1\n');
  });

  it('tells it what to do instead of writing elsewhere, reading production by path or opening the workspace', async () => {
    const byPath =
      'Data of production is read in development as a table by its prefix, as hermes_runtime.table(...) gives it, never by path';
    const kept = 'A run may not touch what the workspace keeps';
    const database = join(workspace.folder, 'workspace.db');
    const log = await run('dev', [
      'open("/usr/x", "w")',
      'os.mkdir("/usr/x")',
      `open(${JSON.stringify(data)})`,
      `open(${JSON.stringify(data)}, "a")`,
      `os.remove(${JSON.stringify(data)})`,
      `os.rename(ZONE + "/b.csv", ${JSON.stringify(join(production, 'b.csv'))})`,
      `open(${JSON.stringify(database)}, "rb")`,
    ]);
    assert.deepEqual(log.trim().split('\n'), [
      `PermissionError ${elsewhere} /usr/x`,
      `PermissionError ${elsewhere} /usr/x`,
      `PermissionError ${byPath} ${data}`,
      `PermissionError ${byPath} ${data}`,
      `PermissionError ${byPath} ${data}`,
      `PermissionError ${byPath} ${join(production, 'b.csv')}`,
      `PermissionError ${kept} ${database}`,
    ]);
    assert.equal(readFileSync(data, 'utf8'), 'months of production');
  });

  it('holds what a run starts to the same, by the kernel', async function () {
    if (!isEnforced) this.skip();
    const log = await run('dev', [
      `subprocess.run(["cat", ${JSON.stringify(join(workspace.folder, 'owner-token'))}], capture_output=True).returncode`,
      `subprocess.run(["cat", ${JSON.stringify(data)}], capture_output=True).returncode`,
      `subprocess.run(["cp", "/etc/hostname", ${JSON.stringify(data)}], capture_output=True).returncode`,
      `os.symlink(${JSON.stringify(data)}, "link")`,
      'open("link")',
      'os.kill(os.getppid(), 15)',
    ]);
    assert.equal(
      log,
      'ok 1\nok 1\nok 1\nok None\nPermissionError Permission denied link\nPermissionError Operation not permitted None\n',
    );
  });

  it('holds what a library does when Python starts to the same', async () => {
    const early = temporaryFolder();
    const lines = [`open(${JSON.stringify(data)})`, 'open("/usr/x", "w")'];
    writeFileSync(join(early, 'sitecustomize.py'), tries(lines).replace('"ok"', '"EARLY"'));
    writeFileSync(join(early, 'ctypes.py'), 'print("EARLY")');
    const log = await run('dev', ['1'], { PYTHONPATH: early });
    assert.match(log, /^PermissionError Data of production.*\nPermissionError A run writes to .*\nok 1\n$/);
  });

  it('opens production to its own runs, and to nobody who only names it as his zone', async () => {
    const attempt = [`open(${JSON.stringify(join(production, 'of-a-run.csv'))}, "w").write("x")`];
    assert.equal(await run('prod', attempt, { HERMES_PRODUCTION: 'true' }), 'ok 1\n');
    assert.match(await run('prod', attempt), /^PermissionError Data of production/);
  });

  async function run(
    environment: string,
    lines: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const zone = join(home, 'products', environment);
    const variables = { HERMES_ENVIRONMENT: environment, HERMES_PRODUCTS_ZONE: `file://${zone}`, ...more };
    const script = `ZONE = ${JSON.stringify(zone)}\n${tries(lines)}`;
    const id = await workspace.submit(script, { cluster: { spark_env_vars: variables } });
    const ended = await workspace.runUntil(id);
    return String((await workspace.output(ended.tasks[0]?.run_id)).logs);
  }
});

function kernelEnforces(): boolean {
  const code = 'import landlock; print(landlock.version() >= 6)';
  return execFileSync('python3', ['-c', code], { cwd: LANDLOCK, encoding: 'utf8' }) === 'True\n';
}

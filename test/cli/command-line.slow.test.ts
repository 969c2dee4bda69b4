import assert from 'node:assert/strict';
import { commands } from '../../src/cli/commands.ts';
import { renderOverview } from '../../src/cli/overview.ts';
import { buildProgram } from '../../src/cli/run-command-line.ts';
import { hermesVersion } from '../../src/core/package-root.ts';
import { hermes } from '../hermes.ts';
import { temporaryFolder } from '../setup.ts';

describe('the command line', () => {
  const folder = temporaryFolder();

  it('lists every command that is not internal in the overview', () => {
    const overview = renderOverview();
    for (const entry of commands) {
      assert.equal(overview.includes(`  ${entry.path} `), entry.hidden !== true, entry.path);
    }
  });

  it('gives every command a description, an example and an action', async () => {
    const program = await buildProgram(commands);
    for (const entry of commands.filter(({ hidden }) => hidden !== true)) {
      const [group, name] = entry.path.split(' ');
      const top = program.commands.find((command) => command.name() === group);
      const command = name === undefined ? top : top?.commands.find((child) => child.name() === name);
      assert.equal(command?.description(), entry.summary);
      let help = '';
      command
        ?.configureOutput({
          writeOut: (text) => {
            help += text;
          },
        })
        .outputHelp();
      assert.match(help, /Examples?:\n {2}(eval "\$\()?hermes /, `${entry.path} has no example`);
    }
  });

  it('prints the overview for nothing, help, -h and --help alike', async () => {
    const [nothing, ...others] = await Promise.all(
      [[], ['help'], ['-h'], ['--help']].map((args) => hermes(folder, args)),
    );
    for (const other of others) assert.deepEqual(other, nothing);
    assert.equal(nothing?.exitCode, 0);
  });

  it('tells a mistake of the command line by an object with --json', async () => {
    const { exitCode, stdout, stderr } = await hermes(folder, ['runs', 'list', '--jsn', '--json']);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.deepEqual(JSON.parse(stderr), {
      error: {
        code: 'HERMES_USAGE',
        message: "Cannot read the command line: unknown option '--jsn'\n(Did you mean --json?)",
        nextStep: 'Add --help for the usage.',
        exitCode: 2,
      },
    });
  });

  it('prints its version', async () => {
    assert.deepEqual(await hermes(folder, ['--version']), {
      exitCode: 0,
      stdout: `${hermesVersion}\n`,
      stderr: '',
    });
  });

  it('takes the options of every command also before its name', async () => {
    const behind = await hermes(folder, ['runs', 'list', '--json', '-C', '.']);
    const before = await hermes(folder, ['--json', '-C', '.', 'runs', 'list']);
    assert.deepEqual(before, behind);
    assert.equal(before.exitCode, 0);
    const elsewhere = await hermes(folder, ['-C', '/no/such/folder', 'test']);
    assert.deepEqual(elsewhere, {
      exitCode: 2,
      stdout: '',
      stderr: 'Cannot work in /no/such/folder: there is no such folder.\nCorrect what stands behind -C.\n',
    });
    assert.match((await hermes(folder, ['-C', '.', 'rnus'])).stderr, /unknown command 'rnus'/);
  });

  it('refuses an option that is empty, as that of an unset variable is', async () => {
    for (const words of [['--to', ''], ['--to=']]) {
      const args = ['artifacts', 'rollback', 'helloworld', '--reason', 'wrong units', ...words];
      assert.deepEqual(await hermes(folder, args), {
        exitCode: 2,
        stdout: '',
        stderr:
          'Cannot run hermes artifacts rollback: --to is empty.\nWrite what it takes (--to <version>), or leave it out.\n',
      });
    }
    const repeated = await hermes(folder, ['artifacts', 'gc', '--dags', 'dags', '--dags', '', '--json']);
    assert.deepEqual(JSON.parse(repeated.stderr).error, {
      code: 'HERMES_EMPTY_OPTION',
      message: 'Cannot run hermes artifacts gc: --dags is empty.',
      nextStep: 'Write what it takes (--dags <folder>), or leave it out.',
      exitCode: 2,
    });
  });

  it('refuses an argument that is empty, all but those of a script, and a file where a project is meant', async () => {
    assert.deepEqual(await hermes(folder, ['runs', 'show', '']), {
      exitCode: 2,
      stdout: '',
      stderr:
        'Cannot run hermes runs show: the argument run is empty.\nWrite one, or leave it out. See the usage with: hermes runs show --help\n',
    });
    const required = await hermes(folder, ['runs', 'cancel', '12', '']);
    assert.equal(
      required.stderr,
      'Cannot run hermes runs cancel: the argument run is empty.\nWrite one. See the usage with: hermes runs cancel --help\n',
    );
    const parameters = await hermes(folder, ['run', 'helloworld', '--', '']);
    assert.doesNotMatch(parameters.stderr, /is empty/);
    assert.equal(
      (await hermes(folder, ['run', '../loose.py', '--team', 'weather'])).stderr,
      'Cannot run "../loose.py": run takes the name of a project, not a file.\nMake a project for it: hermes project new loose\n',
    );
  });

  it('shows nothing in an error that a terminal would obey, whoever wrote it', async () => {
    const shown = async (...args: string[]) => (await hermes(folder, args)).stderr;
    assert.match(
      await shown('runs', 'show', '\x1b[31m"{{ x }}"\rb'),
      /^Cannot find run "\{\{ x \}\}"␍b: nothing/,
    );
    assert.match(await shown('runs', 'show', '--\x1b[31mlast'), /^error: unknown option '--last'\n/);
    assert.match(await shown('ru\x1b]0;title\x07ns'), /^error: unknown command 'runs'\n/);
    const secret = 'dapi0123456789\x1b[0mabcdef0123';
    assert.match(await shown('runs', 'show', secret), /^Cannot find run \[redacted\]: nothing/);
  });

  it('names the nearest command and exits with 2', async () => {
    const { exitCode, stderr } = await hermes(folder, ['dag', 'chek']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /unknown command 'chek'\n\(Did you mean check\?\)/);
  });

  it('names the nearest option and exits with 2', async () => {
    const { exitCode, stderr } = await hermes(folder, ['dag', 'check', '--jsn']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /unknown option '--jsn'\n\(Did you mean --json\?\)/);
  });

  it('completes commands and options for a shell', async () => {
    const names = await hermes(folder, ['complete', '--', 'dag', '']);
    assert.match(names.stdout, /^check\tfind every mistake in DAG files$/m);
    const options = await hermes(folder, ['complete', '--', 'dag', 'run', '--']);
    assert.match(options.stdout, /^--env\t/m);
    const script = await hermes(folder, ['completion', 'bash']);
    assert.match(script.stdout, /complete -o bashdefault -o default -F __hermes_complete hermes/);
  });

  it('reports an error as JSON on stderr with --json', async () => {
    const { exitCode, stdout, stderr } = await hermes(folder, ['dag', 'check', 'nowhere.dag.yaml', '--json']);
    assert.equal(exitCode, 2);
    assert.equal(JSON.parse(stderr).error.exitCode, 2);
    assert.equal(stdout, '');
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { planProject } from '../../src/templates/plan-project.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { temporaryFolder } from '../setup.ts';

const run = promisify(execFile);
const answers = { team: 'weather', authorName: 'Ana', authorEmail: 'ana@example.com' };
const MEANS = 'city,days,mean\nBarcelona,3,23.37\nMadrid,2,28.5\nSevilla,3,32.3\n';

describe('the sample script', () => {
  const makeProject = (project = 'helloworld') => {
    const folder = temporaryFolder();
    writeFiles(folder, planProject({ ...answers, project }));
    return folder;
  };

  it('runs in a fresh repository with nothing installed and no arguments', async () => {
    const folder = makeProject();
    const { stdout, stderr } = await run('python3', ['-I', 'helloworld/helloworld/helloworld.py'], {
      cwd: folder,
    });
    assert.equal(stdout, '');
    assert.match(stderr, / INFO wrote 3 cities to output\/means\.csv\n$/);
    assert.equal(readFileSync(join(folder, 'output/means.csv'), 'utf8'), MEANS);
  });

  it('runs as a cluster runs it: the script alone elsewhere, its package installed, results to the zone', async () => {
    const folder = makeProject('my-app');
    const script = join(folder, 'store', 'my_app-0.1.0.py');
    mkdirSync(join(folder, 'store'));
    renameSync(join(folder, 'my-app/my_app/my_app.py'), script);
    const zone = join(folder, 'a zone');
    const env = {
      ...process.env,
      PYTHONPATH: join(folder, 'my-app'),
      HERMES_PRODUCTS_ZONE: `${pathToFileURL(zone).href}/`,
    };
    await run('python3', [script], { cwd: join(folder, 'store'), env });
    assert.equal(readFileSync(join(zone, 'my-app/means.csv'), 'utf8'), MEANS);
    assert.deepEqual(readdirSync(join(zone, 'my-app')), ['means.csv']);
  });

  it('ends with an error that names the row, and writes nothing', async () => {
    const folder = makeProject();
    const script = join(folder, 'helloworld/helloworld/helloworld.py');
    const words = [script, '--input', join(folder, 'bad.csv'), '--output', join(folder, 'out.csv')];
    await run('sh', ['-c', 'printf "city,temperature\\nVigo,warm\\n" > bad.csv'], { cwd: folder });
    await assert.rejects(run('python3', words), (error: Error & { stderr: string }) => {
      assert.match(error.stderr, /ValueError: Row 1: temperature 'warm' is not a number\.\n$/);
      return true;
    });
    assert.ok(!readdirSync(folder).includes('out.csv'));
  });
});

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareWithTemplate, readManaged } from '../../src/templates/drift.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { readRecord } from '../../src/templates/read-record.ts';
import { renderTemplate } from '../../src/templates/render-template.ts';
import { readTemplate } from '../../src/templates/template-files.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { temporaryFolder } from '../setup.ts';
import { answers } from './older-repository.ts';

describe('drift from the template', () => {
  const makeRepository = () => {
    const folder = temporaryFolder();
    writeFiles(folder, planRepository('product', answers));
    return folder;
  };
  const driftOf = (
    folder: string,
    change: (path: string, text: string) => string = (_path, text) => text,
  ) => {
    const found = readRecord(folder);
    assert.ok(found);
    const fresh = renderTemplate(readTemplate('product'), found.record.answers).map((file) => ({
      ...file,
      bytes: Buffer.from(change(file.path, file.bytes.toString())),
    }));
    const files = compareWithTemplate(found.record, fresh, readManaged(folder, found.record, fresh));
    return Object.fromEntries(
      files.filter(({ state }) => state !== 'same').map(({ path, state }) => [path, state]),
    );
  };

  it('is none right after the repository was made, and none for samples', () => {
    const folder = makeRepository();
    rmSync(join(folder, 'helloworld'), { recursive: true });
    writeFileSync(join(folder, 'README.md'), 'ours');
    assert.deepEqual(driftOf(folder), {});
  });

  it('names files that were edited or deleted', () => {
    const folder = makeRepository();
    writeFileSync(join(folder, '.travis.yml'), 'script: ["true"]\n');
    rmSync(join(folder, 'build_tools'), { recursive: true });
    assert.deepEqual(driftOf(folder), {
      '.travis.yml': 'changed',
      'build_tools/deploy.sh': 'missing',
      'build_tools/package.json': 'missing',
      'build_tools/test.sh': 'missing',
    });
  });

  it('tells a template that moved on from a file that was edited', () => {
    const folder = makeRepository();
    writeFileSync(join(folder, 'build_tools/test.sh'), 'edited');
    const newer = (path: string, text: string) =>
      path.startsWith('build_tools/') ? `${text}# newer\n` : text;
    assert.deepEqual(driftOf(folder, newer), {
      'build_tools/deploy.sh': 'behind',
      'build_tools/package.json': 'behind',
      'build_tools/test.sh': 'diverged',
    });
  });

  it('refuses a record that is broken, with every place', () => {
    const folder = makeRepository();
    writeFileSync(join(folder, '.hermes/template.json'), '{\n  "version": "1",\n  "kind": "x"\n}\n');
    assert.throws(
      () => readRecord(folder),
      (error: Error) => {
        assert.match(
          error.message,
          /^\.hermes\/template\.json:2:14 {2}version: a version looks like 1\.0\.0\.$/m,
        );
        assert.match(error.message, /^\.hermes\/template\.json:3:11 {2}kind/m);
        return true;
      },
    );
  });

  it('refuses a record of a newer Hermes', () => {
    const folder = makeRepository();
    const record = { version: '99.0.0', kind: 'product', answers, files: {} };
    writeFileSync(join(folder, '.hermes/template.json'), JSON.stringify(record));
    assert.throws(() => readRecord(folder), {
      code: 'HERMES_TEMPLATE_NEWER',
      message:
        'Cannot compare with the template: .hermes/template.json was written by Hermes 99.0.0, this is 1.0.0.',
      nextStep: 'Use that Hermes: npm install --global hermes-data-products@99.0.0',
    });
  });
});

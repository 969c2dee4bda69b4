import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { uploadFile } from '../../src/artifacts/upload-file.ts';
import { temporaryFolder } from '../setup.ts';

describe('uploading a file', () => {
  const setUp = (content = 'a,b\n1,2\n') => {
    const folder = join(temporaryFolder(), 'uploads', 'weather');
    const file = join(temporaryFolder(), 'stations.csv');
    writeFileSync(file, content);
    return { folder, file };
  };

  it('copies it and answers the URL that a script reads', async () => {
    const { folder, file } = setUp();
    const uploaded = await uploadFile({ file, folder });
    assert.equal(uploaded.url, pathToFileURL(join(folder, 'stations.csv')).href);
    assert.equal(readFileSync(fileURLToPath(uploaded.url), 'utf8'), 'a,b\n1,2\n');
    assert.deepEqual([uploaded.name, uploaded.bytes, uploaded.outcome], ['stations.csv', 8, 'created']);
    assert.deepEqual(readdirSync(folder), ['stations.csv']);
  });

  it('is content with the same content under the same name', async () => {
    const { folder, file } = setUp();
    await uploadFile({ file, folder });
    assert.equal((await uploadFile({ file, folder })).outcome, 'unchanged');
  });

  it('overwrites other content only when told to', async () => {
    const { folder, file } = setUp();
    await uploadFile({ file, folder });
    writeFileSync(file, 'other');
    const existing = pathToFileURL(join(folder, 'stations.csv')).href;
    await assert.rejects(uploadFile({ file, folder }), {
      message: `Cannot upload stations.csv [existing=${existing}]: another file of that name is there.`,
      nextStep: 'Give it another name with --as NAME, or overwrite it with --replace.',
      exitCode: 2,
    });
    assert.equal(readFileSync(join(folder, 'stations.csv'), 'utf8'), 'a,b\n1,2\n');
    assert.equal((await uploadFile({ file, folder, replace: true })).outcome, 'replaced');
    assert.equal(readFileSync(join(folder, 'stations.csv'), 'utf8'), 'other');
    assert.deepEqual(readdirSync(folder), ['stations.csv']);
  });

  it('refuses names that do not fit a URL or would be hidden, with one that does', async () => {
    const { folder, file } = setUp();
    for (const [name, suggestion] of [
      ['my file.csv', 'my-file.csv'],
      ['../../etc/passwd', 'etc-passwd'],
      ['.hidden', 'hidden'],
      ['-x', 'x'],
      ['', 'data.csv'],
      ['é', 'data.csv'],
      ['a\nb', 'a-b'],
    ]) {
      await assert.rejects(uploadFile({ file, folder, name: name ?? '' }), {
        code: 'HERMES_UPLOAD_NAME',
        nextStep: `Name it yourself: --as ${suggestion}`,
      });
    }
  });

  it('says when there is no such file, or when it is a folder', async () => {
    const { folder } = setUp();
    await assert.rejects(uploadFile({ file: '/nowhere/x.csv', folder }), {
      message: 'Cannot upload /nowhere/x.csv: there is no such file.',
      nextStep: 'Check the path.',
    });
    await assert.rejects(uploadFile({ file: '/usr', folder }), {
      message: 'Cannot upload /usr: it is not a file.',
      nextStep: 'Upload its files one by one, or as one archive.',
    });
  });
});

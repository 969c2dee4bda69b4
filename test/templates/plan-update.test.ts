import assert from 'node:assert/strict';
import { mergeText } from '../../src/github/git/merge-text.ts';
import { resolveUpdate } from '../../src/templates/resolve-update.ts';
import { gitBlobId, RECORD_PATH } from '../../src/templates/template-record.ts';
import { CI, context, create, five, outcomes, plan, SCRIPT, update } from './updated-repository.ts';

describe('an update from the template', () => {
  it('replaces what nobody changed, adds what came along, and removes what went', async () => {
    const repository = create({ [CI]: 'old\n', Jenkinsfile: 'gone\n', 'README.md': 'mine\n' });
    const result = await update(repository, { [CI]: 'new\n', [SCRIPT]: 'exec\n', 'README.md': 'other\n' });
    assert.deepEqual(outcomes(result), { [CI]: 'replace', [SCRIPT]: 'add', Jenkinsfile: 'remove' });
    assert.equal(repository.text(CI), 'new\n');
    assert.equal(repository.files.get(SCRIPT)?.mode, '100755');
    assert.equal(repository.files.has('Jenkinsfile'), false);
    assert.equal(repository.text('README.md'), 'mine\n');
  });

  it('adds no sample to a repository that stands', async () => {
    const repository = create({ [CI]: 'old\n' });
    await update(repository, { [CI]: 'new\n', 'docs/guide.md': 'sample\n' });
    assert.equal(repository.files.has('docs/guide.md'), false);
    assert.deepEqual(Object.keys(repository.record.files), [CI]);
  });

  it('merges what both changed, three times in a row, with changes by hand between', async () => {
    const repository = create({ [CI]: five() });
    repository.write(CI, Buffer.from(five({ 1: 'mine 1' })));
    assert.deepEqual(outcomes(await update(repository, { [CI]: five({ 9: 'theirs 9' }) })), {
      [CI]: 'merge',
    });
    assert.equal(repository.text(CI), five({ 1: 'mine 1', 9: 'theirs 9' }));
    repository.write(CI, Buffer.from(five({ 1: 'mine 1', 3: 'mine 3', 9: 'theirs 9' })));
    await update(repository, { [CI]: five({ 6: 'theirs 6', 9: 'theirs 9' }) });
    assert.equal(repository.text(CI), five({ 1: 'mine 1', 3: 'mine 3', 6: 'theirs 6', 9: 'theirs 9' }));
    const last = await update(repository, { [CI]: five({ 6: 'theirs 6', 9: 'again 9' }) });
    assert.deepEqual(outcomes(last), { [CI]: 'merge' });
    assert.equal(repository.text(CI), five({ 1: 'mine 1', 3: 'mine 3', 6: 'theirs 6', 9: 'again 9' }));
  });

  it('keeps the template of a merged file beside it, until the file is the template again', async () => {
    const repository = create({ [CI]: five() });
    repository.write(CI, Buffer.from(five({ 1: 'mine' })));
    await update(repository, { [CI]: five({ 9: 'theirs' }) });
    assert.equal(repository.text(`.hermes/base/${CI}`), five({ 9: 'theirs' }));
    repository.write(CI, Buffer.from(five({ 9: 'theirs' })));
    await update(repository, { [CI]: five({ 9: 'newer' }) });
    assert.equal(repository.text(CI), five({ 9: 'newer' }));
    assert.equal(repository.files.has(`.hermes/base/${CI}`), false);
  });

  it('marks a conflict between both versions, and waits until it is solved', async () => {
    const repository = create({ [CI]: five() });
    repository.write(CI, Buffer.from(five({ 5: 'mine' })));
    const result = await update(repository, { [CI]: five({ 5: 'theirs' }) });
    assert.deepEqual(
      result.files.map(({ outcome, reason }) => [outcome, reason]),
      [['conflict', '1 conflict marked in it']],
    );
    assert.equal(
      repository.text(CI),
      five({
        5: '<<<<<<< this repository\nmine\n=======\ntheirs\n>>>>>>> template of Hermes 1.0.0',
      }),
    );
    const again = await update(repository, { [CI]: five({ 5: 'newer' }) });
    assert.deepEqual(again.changes, []);
    assert.deepEqual(
      again.files.map(({ state, outcome }) => [state, outcome]),
      [['unsolved', 'leave']],
    );
    repository.write(CI, Buffer.from(five({ 5: 'theirs' })));
    await update(repository, { [CI]: five({ 5: 'newer' }) });
    assert.equal(repository.text(CI), five({ 5: 'newer' }));
  });

  it('leaves a deleted file deleted, update after update; restored, it counts as untouched', async () => {
    const repository = create({ [CI]: 'one\n', [SCRIPT]: 'one\n' });
    repository.write(SCRIPT, undefined);
    for (const text of ['two\n', 'three\n', 'four\n']) {
      const result = await update(repository, { [CI]: text, [SCRIPT]: text });
      assert.deepEqual(outcomes(result), { [CI]: 'replace', [SCRIPT]: 'stays-deleted' });
      assert.equal(repository.files.has(SCRIPT), false);
    }
    repository.write(SCRIPT, Buffer.from('one\n'), true);
    assert.deepEqual(outcomes(await update(repository, { [CI]: 'four\n', [SCRIPT]: 'five\n' })), {
      [CI]: 'keep',
      [SCRIPT]: 'replace',
    });
  });

  it('takes note of a file that was deleted, once, and does not call it missing from then on', async () => {
    const repository = create({ [CI]: 'one\n', [SCRIPT]: 'one\n' });
    repository.write(SCRIPT, undefined);
    const fresh = { [CI]: 'one\n', [SCRIPT]: 'one\n' };
    const states = () => plan(repository, fresh).map(({ state }) => state);
    assert.deepEqual(states(), ['same', 'missing']);
    const noted = await update(repository, fresh);
    assert.deepEqual(
      noted.changes.map(({ path }) => path),
      [RECORD_PATH],
    );
    assert.deepEqual(states(), ['same', 'deleted']);
    assert.deepEqual((await update(repository, fresh)).changes, []);
    repository.write(SCRIPT, Buffer.from('one\n'), true);
    assert.deepEqual(states(), ['same', 'same']);
  });

  it('lets go of a changed file that the template dropped, and says so once', async () => {
    const repository = create({ [CI]: 'old\n', Jenkinsfile: 'theirs\n' });
    repository.write('Jenkinsfile', Buffer.from('mine\n'));
    const result = await update(repository, { [CI]: 'new\n' });
    assert.deepEqual(
      result.files.find(({ path }) => path === 'Jenkinsfile'),
      {
        path: 'Jenkinsfile',
        state: 'own',
        outcome: 'leave',
        reason: 'the template dropped it; since it was changed by hand, it is your own from here on',
      },
    );
    assert.equal(repository.text('Jenkinsfile'), 'mine\n');
    assert.deepEqual(outcomes(await update(repository, { [CI]: 'newer\n' })), { [CI]: 'replace' });
  });

  it('follows a file that the template renamed, with what was changed in it', async () => {
    const from = 'build_tools/old.sh';
    const to = 'build_tools/new.sh';
    const repository = create({ [from]: five() });
    repository.write(from, Buffer.from(five({ 1: 'mine' })), true);
    const result = await update(repository, { [to]: five({ 9: 'theirs' }) }, { [from]: to });
    assert.deepEqual(outcomes(result), { [to]: 'merge' });
    assert.equal(repository.text(to), five({ 1: 'mine', 9: 'theirs' }));
    assert.equal(repository.files.has(from), false);
    const deleted = create({ [from]: five() });
    deleted.write(from, undefined);
    assert.deepEqual(outcomes(await update(deleted, { [to]: five() }, { [from]: to })), {
      [to]: 'stays-deleted',
    });
  });

  it('takes over whether a file may be run, unless that was changed by hand', async () => {
    const repository = create({ [SCRIPT]: 'exec\n', [CI]: 'old\n' });
    repository.write(SCRIPT, Buffer.from('exec\n'), false);
    assert.deepEqual(outcomes(await update(repository, { [SCRIPT]: 'exec 2\n', [CI]: 'new\n' })), {
      [CI]: 'replace',
      [SCRIPT]: 'replace',
    });
    assert.equal(repository.files.get(SCRIPT)?.mode, '100644');
  });

  it('keeps line ends of Windows, which are no change by hand', async () => {
    const crlf = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));
    const repository = create({ [CI]: five(), [SCRIPT]: five() });
    repository.write(CI, crlf(five()));
    repository.write(SCRIPT, crlf(five({ 1: 'mine' })), true);
    assert.deepEqual(
      plan(repository, { [CI]: five(), [SCRIPT]: five() }).map(({ state }) => state),
      ['same', 'changed'],
    );
    await update(repository, { [CI]: five({ 9: 'theirs' }), [SCRIPT]: five({ 9: 'theirs' }) });
    assert.equal(repository.text(CI), crlf(five({ 9: 'theirs' })).toString());
    assert.equal(repository.text(SCRIPT), crlf(five({ 1: 'mine', 9: 'theirs' })).toString());
  });

  it('merges a file whose last line has no end', async () => {
    const repository = create({ [CI]: five() });
    repository.write(CI, Buffer.from(five({ 9: 'mine' }).trimEnd()));
    await update(repository, { [CI]: five({ 1: 'theirs' }) });
    assert.equal(repository.text(CI), five({ 1: 'theirs', 9: 'mine' }).trimEnd());
  });

  it('leaves a changed file that is no text, and lays the template beside it', async () => {
    const repository = create({ 'build_tools/tool': 'a\0a' });
    repository.write('build_tools/tool', Buffer.from('a\0mine'));
    const result = await update(repository, { 'build_tools/tool': 'a\0theirs' });
    assert.deepEqual(
      result.files.map(({ outcome, reason }) => [outcome, reason]),
      [['conflict', "it is no text, so it stays; the template's is .hermes/base/build_tools/tool"]],
    );
    assert.equal(repository.text('build_tools/tool'), 'a\0mine');
    assert.equal(repository.text('.hermes/base/build_tools/tool'), 'a\0theirs');
  });

  it('finds the base of a record without ids by its hash', async () => {
    const repository = create({ [CI]: five() });
    const { files, ...rest } = repository.record;
    const plain = Object.entries(files).map(([path, { sha256, owner }]) => [path, { sha256, owner }]);
    const old = { ...rest, version: '0.9.0', files: Object.fromEntries(plain) };
    repository.write(RECORD_PATH, Buffer.from(JSON.stringify(old)));
    repository.write(CI, Buffer.from(five({ 1: 'mine' })));
    assert.deepEqual(outcomes(await update(repository, { [CI]: five({ 9: 'theirs' }) })), { [CI]: 'merge' });
    assert.equal(repository.text(CI), five({ 1: 'mine', 9: 'theirs' }));
    assert.equal(repository.record.version, '1.0.0');
  });

  it('loses nothing when nobody knows the base any more', async () => {
    const repository = create({ [CI]: 'base\n' });
    const planned = plan(repository, { [CI]: 'theirs\n' });
    repository.write(CI, Buffer.from('mine\n'));
    const result = await resolveUpdate(
      repository.record,
      plan(repository, { [CI]: 'theirs\n' }),
      repository.files,
      {
        merge: (sides) => mergeText(sides, context),
        readBase: async () => undefined,
      },
    );
    assert.deepEqual(
      planned.map(({ action }) => action),
      ['replace'],
    );
    const [file] = result.changes;
    assert.match(file?.bytes?.toString() ?? '', /mine.*theirs/s);
    assert.equal(
      result.files[0]?.reason,
      '1 conflict marked in it: what the template was is no longer in the history',
    );
  });

  it('marks a conflict where the template brings along what the team has of its own', async () => {
    const repository = create({ [CI]: 'old\n' });
    repository.write('Jenkinsfile', Buffer.from('mine\n'));
    const result = await update(repository, { [CI]: 'new\n', Jenkinsfile: 'theirs\n' });
    assert.equal(
      result.files.find(({ path }) => path === 'Jenkinsfile')?.reason,
      '1 conflict marked in it: the template has a file where you have one of your own',
    );
  });

  it('leaves links alone, and puts nothing where something else stands', async () => {
    const repository = create({ [CI]: 'old\n', [SCRIPT]: 'old\n' });
    repository.files.set(CI, { blob: gitBlobId(Buffer.from('/etc/passwd')), mode: '120000' });
    repository.files.set('.github', { blob: gitBlobId(Buffer.from('..')), mode: '120000' });
    const fresh = { [CI]: 'new\n', [SCRIPT]: 'new\n', '.github/workflows/ci.yml': 'on: push\n' };
    const result = await update(repository, fresh);
    assert.deepEqual(
      result.files.map(({ path, reason }) => [path, reason]),
      [
        ['.github/workflows/ci.yml', 'something else stands in its place'],
        [CI, 'it is a link, which cannot be merged'],
        [SCRIPT, undefined],
      ],
    );
    assert.deepEqual(
      result.changes.map(({ path }) => path),
      [SCRIPT, RECORD_PATH],
    );
  });

  it('takes a release of Hermes that was raised for no change by hand, and never lowers it', async () => {
    const pin = (version: string, more = '') =>
      `{ "dependencies": { "hermes-data-products": "${version}" }${more} }\n`;
    const path = 'build_tools/package.json';
    const at = async (here: string, fresh: string) => {
      const repository = create({ [path]: pin('1.0.0') });
      repository.write(path, Buffer.from(here));
      const result = await update(repository, { [path]: fresh });
      return [outcomes(result)[path], repository.text(path)];
    };
    assert.deepEqual(await at(pin('1.0.3'), pin('1.1.0')), ['replace', pin('1.1.0')]);
    assert.deepEqual(await at(pin('1.2.0'), pin('1.1.0')), ['keep', pin('1.2.0')]);
    assert.deepEqual(await at(pin('1.0.3'), pin('1.0.0')), ['keep', pin('1.0.3')]);
    assert.equal((await at(pin('0.9.0'), pin('1.1.0')))[0], 'conflict');
    assert.equal((await at(pin('file:../hermes.tgz'), pin('1.1.0')))[0], 'conflict');
  });

  it('lets this Hermes in where the range of the repository left it out, and changes nothing else in that file', async () => {
    const yaml = (range: string) => `# Ours\nhermes: ${range} # the range\nteam: weather\n`;
    const at = async (version: string, range: string) => {
      const repository = create({ [CI]: 'old\n', 'hermes.yaml': '' });
      const record = { ...repository.record, version };
      repository.write(RECORD_PATH, Buffer.from(JSON.stringify(record)));
      repository.write('hermes.yaml', Buffer.from(yaml(range)));
      const result = await update(repository, { [CI]: 'old\n', 'hermes.yaml': 'other' });
      return [outcomes(result)['hermes.yaml'], repository.text('hermes.yaml')];
    };
    assert.deepEqual(await at('0.9.0', '^0.9'), ['widen', yaml('^1.0')]);
    assert.deepEqual(await at('0.9.0', '"~0.9.1"'), ['widen', yaml('^1.0')]);
    assert.deepEqual(await at('0.9.0', '>=0.9'), [undefined, yaml('>=0.9')]);
    assert.deepEqual(await at('1.0.0', '^0.9'), [undefined, yaml('^0.9')]);
  });
});

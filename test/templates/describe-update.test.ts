import assert from 'node:assert/strict';
import { describeUpdate } from '../../src/templates/describe-update.ts';
import type { RepositoryUpdate } from '../../src/templates/resolve-update.ts';

const update: RepositoryUpdate = {
  from: '1.0.0',
  to: '1.1.0',
  changes: [],
  files: [
    { path: '.gitignore', state: 'same', outcome: 'keep' },
    { path: '.travis.yml', state: 'behind', outcome: 'replace' },
    { path: 'Jenkinsfile', state: 'missing', outcome: 'stays-deleted' },
    { path: 'build_tools/new.sh', state: 'diverged', outcome: 'merge', from: 'build_tools/old.sh' },
    { path: 'build_tools/package.json', state: 'changed', outcome: 'keep' },
    {
      path: 'build_tools/test.sh',
      state: 'diverged',
      outcome: 'conflict',
      reason: '1 conflict marked in it',
    },
  ],
};
const releases = [
  { version: '1.1.0', kinds: ['product' as const], changes: ['Tests run twice as fast.'], renames: {} },
];

describe('the text of an update', () => {
  it('says what changed, file by file, and what is to be done', () => {
    assert.deepEqual(describeUpdate(update, releases, 'main'), {
      title: 'Update the template from Hermes 1.0.0 to 1.1.0',
      isDraft: true,
      body: `The parts of this repository that Hermes keeps (CI, \`build_tools\`, \`.gitignore\`) come from a template, and the template has changed. Your projects and your own files are not touched.

### What changed

- 1.1.0: Tests run twice as fast.

### File by file

| file | what happens |
|---|---|
| \`.travis.yml\` | replaced: nobody had changed it |
| \`Jenkinsfile\` | stays deleted, since you deleted it |
| \`build_tools/new.sh\` | merged: your changes and those of the template (it was build_tools/old.sh) |
| \`build_tools/package.json\` | stays as you changed it |
| \`build_tools/test.sh\` | conflict: 1 conflict marked in it |

### To be solved by you

You changed \`build_tools/test.sh\` in the same places as the template did. Both versions stand in the file, between \`<<<<<<<\` and \`>>>>>>>\`: yours first, the template's second. Leave what is right, delete the marks and the rest, and commit to this branch.

### What to do

- **To take it:** Solve the conflicts, mark it ready for review, and merge when CI is green.
- **To change it:** commit to the branch \`hermes/update\`. From then on Hermes leaves it to you.
- **To refuse it:** close it. Hermes offers it again only when the template changes. \`main\` is as it was.
`,
    });
  });

  it('is no draft without conflicts, and has a title when no version changed', () => {
    const clean = { ...update, from: '1.1.0', files: update.files.slice(0, 2) };
    const { title, body, isDraft } = describeUpdate(clean, [], 'trunk');
    assert.deepEqual([title, isDraft], ['Update the template of Hermes 1.1.0', false]);
    assert.match(body, /- \*\*To take it:\*\* Merge when CI is green\.\n/);
    assert.doesNotMatch(body, /solved by you|What changed/);
  });
});

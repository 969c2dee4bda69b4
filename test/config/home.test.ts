import assert from 'node:assert/strict';
import { join } from 'node:path';
import { homeOfWorkspace, markHome, resolveHome } from '../../src/config/home.ts';
import { temporaryFolder } from '../setup.ts';

describe('the home of a workspace whose folder is given', () => {
  const serve = (folder: string, cwd: string, HERMES_HOME = '') =>
    homeOfWorkspace(folder, resolveHome(cwd, { HERMES_HOME }), { HERMES_HOME }).root;

  it('is that of the working folder, unless it would lie inside of the folder, where runs may not go', () => {
    const folder = temporaryFolder();
    const [workspace, other] = [join(folder, 'workspace'), join(folder, '.hermes')];
    assert.equal(serve(workspace, folder), other);
    assert.equal(serve(workspace, workspace), other);
    assert.equal(serve(workspace, workspace, join(workspace, 'home')), other);
    assert.equal(serve(join(other, 'workspace'), join(other, 'workspace')), other);
  });

  it('is the nearest around it otherwise', () => {
    const folder = temporaryFolder();
    markHome(resolveHome(folder, {}));
    const workspace = join(folder, 'a', 'b');
    assert.equal(serve(workspace, workspace), join(folder, '.hermes'));
  });
});

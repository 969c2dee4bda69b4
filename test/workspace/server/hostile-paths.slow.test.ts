import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

const MARK = 'lies outside of every tree';

/** Where paths of files go, in the ways in which clients write them. */
const doors = [
  '/api/2.0/fs/files/Volumes/main/default/vol/',
  '/api/2.0/fs/directories/Volumes/main/default/vol/',
  '/api/2.0/fs/files/',
  '/api/2.0/workspace-files/',
  '/api/2.0/workspace/export?direct_download=true&path=/Shared/',
  '/api/2.0/workspace/get-status?path=/',
  '/api/2.0/dbfs/read?path=/',
  '/api/2.0/dbfs/list?path=dbfs:/',
  '/api/2.2/jobs/runs/get?run_id=',
  '/jobs/1/runs/',
  '/artifacts/',
  '/policies/',
  '/dags/',
  '/',
];
const steps = [
  '..',
  '%2e%2e',
  '.%2e',
  '%252e%252e',
  '.',
  '%00',
  '~',
  'etc',
  'passwd',
  'owner-token',
  'workspace.db',
  'beside.txt',
];
const joins = ['/', '//', '%2f', '%5c', '\\', '%252f'];

describe('hostile paths', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await openWorkspace();
    writeFileSync(join(workspace.folder, 'beside.txt'), MARK);
    writeFileSync(join(dirname(workspace.folder), 'beside.txt'), MARK);
    const volume = { catalog_name: 'main', schema_name: 'default', name: 'vol', volume_type: 'MANAGED' };
    const answer = await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume);
    assert.equal(answer.status, 200);
  });
  after(closeWorkspaces);

  /** Asks with the path as it is: a URL would be put in order first. */
  const get = (path: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(workspace.url);
      const headers = { authorization: `Bearer ${workspace.token}` };
      const asking = request({ hostname, port, path, headers }, (answer) => {
        let body = '';
        answer.setEncoding('latin1').on('data', (piece) => {
          body += piece;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      });
      asking.on('error', reject).end();
    });

  it('lead to no file outside of the trees, and to no failure of the workspace', async () => {
    const part = fc.tuple(fc.constantFrom(...steps), fc.constantFrom(...joins)).map((pair) => pair.join(''));
    const path = fc
      .tuple(fc.constantFrom(...doors), fc.array(part, { minLength: 1, maxLength: 12 }))
      .map(([door, parts]) => door + parts.join(''));
    const seen = async (text: string): Promise<void> => {
      const { status, body } = await get(text);
      assert.ok(status < 500, `${text}: ${status} ${body.slice(0, 200)}`);
      for (const secret of [
        MARK,
        'root:x:0:0',
        workspace.token,
        Buffer.from(MARK).toString('base64'),
        'SQLite format 3',
      ])
        assert.ok(!body.includes(secret), text);
    };
    await fc.assert(fc.asyncProperty(path, seen), { numRuns: 400 });
    for (const door of doors)
      for (const up of ['..', '%2e%2e'])
        for (const gap of ['/', '%2f'])
          for (const depth of [1, 2, 6])
            for (const file of ['beside.txt', 'owner-token', 'etc/passwd'])
              await seen(door + `${up}${gap}`.repeat(depth) + file);
  });
});

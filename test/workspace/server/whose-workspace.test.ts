import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeAddress } from '../../../src/workspace/server/address.ts';
import { whoseWorkspace } from '../../../src/workspace/server/whose-workspace.ts';
import { temporaryFolder } from '../../setup.ts';

describe('the workspace at an address', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  const serve = async (body: string): Promise<string> => {
    const server = createServer((_request, response) => response.end(body));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('is another one when it is up and not that of the folder', async () => {
    const url = await serve('{"instance": "ours", "active_runs": 0}');
    const folder = temporaryFolder();
    assert.equal(await whoseWorkspace(url, folder), 'other');
    const address = { url, pid: 1, instance: 'ours', startedAt: '', version: '1.0.0' };
    writeAddress(folder, address);
    assert.equal(await whoseWorkspace(url, folder), 'own');
    writeAddress(folder, { ...address, instance: 'theirs' });
    assert.equal(await whoseWorkspace(url, folder), 'other');
  });

  it('is none where nothing answers, or another program does', async () => {
    const folder = temporaryFolder();
    assert.equal(await whoseWorkspace('http://127.0.0.1:1', folder), 'nobody');
    for (const body of ['<html>', 'null', '{"instance": 7}'])
      assert.equal(await whoseWorkspace(await serve(body), folder), 'nobody', body);
  });
});

import assert from 'node:assert/strict';
import { hermes } from '../hermes.ts';
import { temporaryFolder } from '../setup.ts';

describe('hermes workspace user', () => {
  const folder = temporaryFolder();
  const user = (...words: string[]) => hermes(folder, ['workspace', 'user', ...words]);

  it('makes a service principal and shows its secret once', async () => {
    const done = await user('add', 'airflow', '--service-principal', '--group', 'weather');
    const [first, id, second, secret] = done.stdout.split('\n');
    assert.equal(first, 'Added service principal airflow to weather.');
    assert.match(id ?? '', /^DATABRICKS_CLIENT_ID {6}[0-9a-f-]{36}$/);
    assert.equal(second, 'DATABRICKS_CLIENT_SECRET, shown this once:');
    assert.match(secret ?? '', /^hws_[\w-]{32}$/);
    const again = JSON.parse((await user('add', 'airflow', '--service-principal', '--json')).stdout);
    assert.ok(id?.endsWith(again.clientId));
    assert.notEqual(again.clientSecret, secret);
    const listed = await user('list');
    assert.match(listed.stdout, /^[0-9a-f-]{36} weather {3}service principal airflow$/m);
    assert.ok(!listed.stdout.includes('hws_'));
  });

  it('makes a person with a token', async () => {
    const { stdout } = await user('add', 'ana@example.com', '--group', 'weather', '--json');
    assert.match(JSON.parse(stdout).token, /^hws_/);
    const again = await user('add', 'ana@example.com', '--group', 'traffic');
    assert.match(
      again.stdout,
      /^ana@example\.com is known: added to traffic\. A further token is shown this once:\nhws_/,
    );
    const lines = (await user('list', '--json')).stdout.trim().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).find(({ userName }) => userName === 'ana@example.com'),
      { userName: 'ana@example.com', groups: ['traffic', 'weather'] },
    );
  });
});

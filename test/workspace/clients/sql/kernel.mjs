// Tries SQL with @databricks/sql and its kernel. Arguments: URL TOKEN FOLDER (whose node_modules holds the client).
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [url, token, folder] = process.argv.slice(2);
const installed = createRequire(join(folder, 'index.js'));
const { DBSQLClient } = installed('@databricks/sql');
const { version } = installed('@databricks/sql/package.json');
const calls = [];

async function passed(area, names, work) {
  let problem;
  try {
    await work();
  } catch (error) {
    problem = `${error.name}: ${error.message}`.slice(0, 400);
  }
  for (const call of names) calls.push({ area, call, ...(problem === undefined ? {} : { problem }) });
}

function same(found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`it was ${JSON.stringify(found)}`);
}

const client = new DBSQLClient({ logger: { log: () => undefined } });
await passed(
  'useKernel',
  ['connect', 'openSession', 'executeStatement', 'namedParameters', 'fetchAll'],
  async () => {
    await client.connect({
      host: url,
      path: '/sql/1.0/warehouses/embedded',
      token,
      useKernel: true,
      telemetryEnabled: false,
    });
    const session = await client.openSession();
    const operation = await session.executeStatement("SELECT :n + 1 AS n, 'é' AS w", {
      namedParameters: { n: 41 },
    });
    same(await operation.fetchAll(), [{ n: 42, w: 'é' }]);
    await operation.close();
    await session.close();
  },
);
await passed('useKernel', ['error of wrong SQL', 'close of what runs', 'fetchChunk'], async () => {
  const session = await client.openSession();
  const failed = await session
    .executeStatement('SELECT nothing FROM nowhere')
    .then((operation) => operation.fetchAll())
    .catch((error) => error);
  if (!/nowhere/.test(failed.message)) throw new Error(`it was ${failed.message}`);
  const slow = await session.executeStatement('SELECT id FROM range(300000) ORDER BY id DESC');
  same(
    (await slow.fetchChunk({ maxRows: 2 })).map(({ id }) => Number(id)),
    [299999, 299998],
  );
  await slow.close();
  const gone = await fetch(`${url}/api/2.0/sql/statements/01f0-none`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
  same((await gone.json()).error_code, 'RESOURCE_DOES_NOT_EXIST');
  await session.close();
});
await client.close().catch(() => undefined);
process.stdout.write(`${JSON.stringify({ client: `@databricks/sql ${version}`, calls, shapes: [] })}\n`);

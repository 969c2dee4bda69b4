import { join, resolve } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import { createLoginCode } from '../src/workspace/identity/accounts.ts';
import { readAddress } from '../src/workspace/server/address.ts';
import { startBrowser } from './browser.ts';

// Takes the pictures of docs/images from what ran in a workspace that is being served:
//   node test/screenshots.ts demo/.hermes runs=/ run-page=/jobs/5/runs/1009 dag-run=/dags/…
const [home = 'demo/.hermes', ...wanted] = process.argv.slice(2);
const folder = join(resolve(home), 'workspace');
const address = readAddress(folder);
if (address === undefined) throw new Error(`No workspace is served from ${folder}: hermes workspace start`);

const browser = await startBrowser('machine');
const context = await browser.newContext({ viewport: { width: 1180, height: 640 }, colorScheme: 'light' });
const page = await context.newPage();
const code = createLoginCode(folder, 'you@localhost', new Date());
await page.goto(`${address.url}/login?code=${code}`);
for (const picture of wanted) {
  const [name = '', path = '/'] = picture.split(/=(.*)/s);
  await page.goto(`${address.url}${path}`);
  await page.screenshot({ path: join(packageRoot, 'docs', 'images', `${name}.png`) });
}
await browser.close();

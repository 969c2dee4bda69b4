// Installs and builds what is missing, then runs a TypeScript file of this repository on the project's own Node.
// Plain JavaScript without imports of ours: it is what runs first in a fresh clone, on any Node >= 20.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const [script, ...rest] = process.argv.slice(2);
const bin = join(root, 'node_modules', '.bin');
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };

if (newest('package-lock.json') > newest('node_modules/.package-lock.json')) {
  step('installing packages', 'npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund']);
}
// npm ci --ignore-scripts leaves the project's own Node out: its package is filled by a script.
if (!existsSync(join(bin, 'node')))
  step("installing the project's Node", 'npm', ['rebuild', '--loglevel=error', 'node']);
if (
  ['src', 'operators', 'ci', 'package.json', 'tsconfig.build.json'].some(
    (path) => newest(path) > newest('dist/.tsbuildinfo'),
  )
) {
  step('building', 'npm', ['run', '--silent', 'build']);
}
// npx prefers a linked command to installing this folder into its own cache.
if (!existsSync(join(bin, 'hermes')))
  symlinkSync(join('..', '..', 'dist', 'src', 'cli', 'main.js'), join(bin, 'hermes'));
if (script !== undefined) {
  const child = spawnSync(join(bin, 'node'), [join(root, script), ...rest], { stdio: 'inherit', env });
  if (child.error !== undefined)
    process.stderr.write(`hermes: cannot run ${script}: ${child.error.message}. Try again after: npm ci\n`);
  process.exit(child.status ?? 1);
}

/** Newest change below a path, 0 when it does not exist. */
function newest(path) {
  const full = join(root, path);
  if (!existsSync(full)) return 0;
  const stat = statSync(full);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(full).map((name) => newest(join(path, name))));
}

function step(what, command, args) {
  process.stderr.write(`hermes: ${what} …\n`);
  const child = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (child.status === 0) return;
  process.stderr.write(
    `hermes: ${what} failed: ${command} ${args.join(' ')} [exit=${child.status ?? child.error?.message}]\n`,
  );
  process.exit(1);
}

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reversionWheel } from '../../ci/reversion-wheel.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { pythonTools } from '../python-tools.ts';
import { alternate, type BenchResult, timeCommand } from './measure.ts';

const FILE = 'demo-1.0.0-py3-none-any.whl';
const VERSION = '1.0.0+feature.x.h1f0c9d2e.g3f1c2aa0';
const PEER = 'wheel unpack + wheel pack';

/** A wheel of 1 MB gets another version: in this process, and as a process of its own, against `wheel`. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  const bin = pythonTools('bench');
  try {
    const wheel = makeWheel(folder, bin);
    const out = join(folder, 'out');
    mkdirSync(out);
    const peer = (): number => {
      rmSync(join(folder, 'unpacked'), { recursive: true, force: true });
      const program = join(bin, 'wheel');
      const unpacking = timeCommand(program, ['unpack', wheel, '--dest', join(folder, 'unpacked')]);
      return (
        unpacking + timeCommand(program, ['pack', join(folder, 'unpacked', 'demo-1.0.0'), '--dest', out])
      );
    };
    const inProcess = await alternate(21, () => timeReversion(wheel, out), peer);
    const script = `const [{ reversionWheel }, fs] = await Promise.all([import(${JSON.stringify(builtModule())}), import('node:fs')]);
const { fileName, bytes } = await reversionWheel({ fileName: '${FILE}', bytes: fs.readFileSync(${JSON.stringify(wheel)}) }, '${VERSION}');
fs.writeFileSync(${JSON.stringify(out)} + '/' + fileName, bytes);`;
    const args = ['--input-type=module', '--eval', script];
    const whole = await alternate(11, () => timeCommand(process.execPath, args), peer);
    return [asResult('reversion-wheel', inProcess), asResult('reversion-wheel-process', whole)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function asResult(name: string, { ours, peer }: { ours: number; peer: number }): BenchResult {
  return { name, ours, peer, peerName: PEER, unit: 's', ratio: ours / peer };
}

function builtModule(): string {
  return pathToFileURL(join(packageRoot, 'dist', 'ci', 'reversion-wheel.js')).href;
}

/** Seconds from the file on disk to the other file on disk. */
async function timeReversion(wheel: string, out: string): Promise<number> {
  const start = performance.now();
  const { fileName, bytes } = await reversionWheel({ fileName: FILE, bytes: readFileSync(wheel) }, VERSION);
  writeFileSync(join(out, fileName), bytes);
  return (performance.now() - start) / 1000;
}

/** Packs Python code that the peer's environment pins: as many packages as make 1 MB. */
function makeWheel(folder: string, bin: string): string {
  const site = execFileSync(join(bin, 'python'), [
    '-c',
    'import sysconfig; print(sysconfig.get_path("purelib"))',
  ]);
  const source = join(folder, 'demo-1.0.0');
  const info = join(source, 'demo-1.0.0.dist-info');
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: demo\nVersion: 1.0.0\n');
  writeFileSync(
    join(info, 'WHEEL'),
    'Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  );
  const wheel = join(folder, FILE);
  for (const name of ['rich', 'pydantic', 'prompt_toolkit', 'hatchling']) {
    const filter = (path: string): boolean => !path.includes('__pycache__');
    cpSync(join(site.toString().trim(), name), join(source, 'demo', name), { recursive: true, filter });
    execFileSync(join(bin, 'wheel'), ['pack', source, '--dest', folder], { stdio: 'ignore' });
    if (statSync(wheel).size >= 1_000_000) return wheel;
  }
  throw new Error(`the wheel has only ${statSync(wheel).size} bytes`);
}

import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZipFile } from 'yazl';
import { temporaryFolder } from './setup.ts';

/** A wheel without dependencies whose package `observations` is the given code; answers its path. `extra`: files of its metadata. */
export async function writeWheel(
  version: string,
  code: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<string> {
  const info = `observations-${version}.dist-info`;
  const files = {
    'observations/__init__.py': code,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: observations\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ...Object.fromEntries(Object.entries(extra).map(([name, text]) => [`${info}/${name}`, text])),
  };
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  const record = [...Object.keys(files), `${info}/RECORD`].map((name) => `${name},,\n`).join('');
  zip.addBuffer(Buffer.from(record), `${info}/RECORD`);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  const file = join(temporaryFolder(), `observations-${version}-py3-none-any.whl`);
  writeFileSync(file, Buffer.concat(chunks));
  return file;
}

/** What installed that wheel somewhere below a folder, by its own word: `pip` or `uv`. */
export function installerBelow(folder: string): string {
  const [name = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /observations-[^/]+\.dist-info\/INSTALLER$/.test(path),
  );
  return readFileSync(join(folder, name), 'utf8').trim();
}

import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { metadataPath, parseWheelName } from './wheel.ts';
import { type ArchiveEntry, readArchive, writeArchive } from './zip-archive.ts';

export interface WheelFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/**
 * The same wheel under another version: METADATA, the `.dist-info` and `.data` folders, RECORD and the file name say
 * it alike, as pip, uv and `packaging` demand. Order, times and modes of the entries stay; the same input gives the
 * same bytes.
 * @throws Error when the file is no wheel
 */
export async function reversionWheel(wheel: WheelFile, version: string): Promise<WheelFile> {
  const name = parseWheelName(wheel.fileName);
  if (name === undefined) throw new Error(`${wheel.fileName} is not the name of a wheel`);
  const entries = await readArchive(wheel.bytes);
  const oldFolder = metadataPath(entries).replace(/\.dist-info\/METADATA$/, '');
  const newFolder = `${oldFolder.split('-')[0]}-${version}`;
  const rename = (path: string): string =>
    path.replace(/^([^/]+)(\.(?:dist-info|data)\/)/, (whole, folder, rest) =>
      folder === oldFolder ? `${newFolder}${rest}` : whole,
    );
  const renamed = entries.map((entry) => ({ ...entry, name: rename(entry.name) }));
  const withMetadata = change(renamed, `${newFolder}.dist-info/METADATA`, (text) =>
    setVersion(text, version),
  );
  const withRecord = change(withMetadata, `${newFolder}.dist-info/RECORD`, (text) =>
    rewriteRecord(text, rename, withMetadata),
  );
  return {
    fileName: `${name.distribution}-${version}-${name.tags}.whl`,
    bytes: await writeArchive(withRecord),
  };
}

function change(
  entries: readonly ArchiveEntry[],
  name: string,
  edit: (text: string) => string,
): readonly ArchiveEntry[] {
  return entries.map((entry) =>
    entry.name === name
      ? { ...entry, bytes: Buffer.from(edit(Buffer.from(entry.bytes).toString('utf8'))) }
      : entry,
  );
}

/** Sets the header, and leaves a line of the description that looks like one alone. */
function setVersion(metadata: string, version: string): string {
  const end = metadata.search(/\r?\n\r?\n/);
  const headers = end < 0 ? metadata : metadata.slice(0, end);
  return (
    headers.replace(/^Version:.*?(\r?)$/m, `Version: ${version}$1`) + (end < 0 ? '' : metadata.slice(end))
  );
}

/** New names and, where the content changed, new hashes. Lines of files without hash (RECORD itself) stay bare. */
function rewriteRecord(
  text: string,
  rename: (path: string) => string,
  entries: readonly ArchiveEntry[],
): string {
  const rows: string[][] = parse(text, { relax_column_count: true });
  const byName = new Map(entries.map((entry) => [entry.name, entry.bytes]));
  const changed = rows.map(([path = '', hash = '', size = '']) => {
    const name = rename(path);
    const bytes = byName.get(name);
    const isMetadata = name.endsWith('.dist-info/METADATA');
    return isMetadata && bytes !== undefined
      ? [name, recordHash(bytes), String(bytes.length)]
      : [name, hash, size];
  });
  return stringify(changed, { record_delimiter: text.includes('\r\n') ? 'windows' : 'unix' });
}

/** https://packaging.python.org/en/latest/specifications/recording-installed-packages/ */
export function recordHash(bytes: Uint8Array): string {
  return `sha256=${createHash('sha256').update(bytes).digest('base64url')}`;
}

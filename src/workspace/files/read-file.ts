import { identityOf } from '../identity/users.ts';
import { readContent } from './contents.ts';
import type { FileHome } from './file-store.ts';
import { type FileRow, findFile } from './file-table.ts';
import { asSource } from './notebook-source.ts';
import { parseTreePath } from './tree-path.ts';
import { mayReadVolume, volumeOf } from './volumes.ts';
import { hasLevel } from './workspace-access.ts';

/**
 * Reads a file of the trees as a task of a user may: `/Workspace/…`, `/Users/…`, `/Shared/…`, `/Volumes/…`, `dbfs:/…`
 * (also `dbfs:/Volumes/…` and `/dbfs/…`). A notebook comes as Databricks source, whatever it was imported as.
 * Undefined when there is no such file, or the user may not read it.
 * @throws Error for a notebook in a language that no task runs
 */
export async function readStoredFile(
  home: FileHome,
  location: string,
  userName: string,
): Promise<Uint8Array | undefined> {
  const row = locate(home, location, userName);
  if (row === undefined || row.content === null) return undefined;
  if (row.kind === 'notebook' && (row.language === 'R' || row.language === 'SCALA'))
    throw new Error(`it is a notebook of ${row.language}; notebooks of Python and SQL are run here.`);
  const bytes = readContent(home.folder, row.content);
  return row.kind === 'notebook' ? asSource(bytes) : bytes;
}

function locate({ db }: FileHome, location: string, userName: string): FileRow | undefined {
  const who = identityOf(db, userName);
  const asked = location.replace(/^(dbfs:|\/dbfs(?=\/))/, '');
  if (!asked.startsWith('/')) return undefined;
  const path = parseTreePath(asked);
  if (path.startsWith('/Volumes/')) {
    const volume = volumeOf(db, path);
    return volume !== undefined && mayReadVolume(db, volume, who) ? findFile(db, 'volumes', path) : undefined;
  }
  if (asked !== location) return findFile(db, 'dbfs', path);
  const below = path.startsWith('/Workspace/') ? path.slice('/Workspace'.length) : path;
  return hasLevel(db, who, below, 'CAN_READ') ? findFile(db, 'workspace', below) : undefined;
}

import { type Database, nextId } from '../state/database.ts';
import { parentOf } from './tree-path.ts';

/** `workspace`: `/Users/…`; `dbfs`: the DBFS root; `volumes`: below `/Volumes`. */
export type Tree = 'workspace' | 'dbfs' | 'volumes';

/** A file or directory of a tree. Times are epoch milliseconds. */
export interface FileRow {
  readonly id: bigint;
  readonly tree: Tree;
  /** As {@link parseTreePath} has it. */
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'notebook';
  /** Of a notebook: PYTHON, SQL, SCALA or R. */
  readonly language: string | null;
  /** Names the content; null for a directory. */
  readonly content: string | null;
  readonly bytes: number;
  readonly created: number;
  readonly modified: number;
  readonly creator: string;
}

/** What is stored of a file besides where it is. */
export type NewFile = Pick<FileRow, 'kind' | 'language' | 'content' | 'bytes' | 'creator'>;

const FIRST_ID = 1_000_001n;

export function findFile(db: Database, tree: Tree, path: string): FileRow | undefined {
  return db.row<FileRow>('SELECT * FROM files WHERE tree = ? AND path = ?', tree, path);
}

/** By its object id. */
export function fileById(db: Database, id: bigint): FileRow | undefined {
  return db.row<FileRow>('SELECT * FROM files WHERE id = ?', id);
}

/** What lies directly in a directory, by name; `after` is the path behind which to begin. */
export function childrenOf(db: Database, tree: Tree, path: string, limit = -1, after = ''): FileRow[] {
  return db.rows<FileRow>(
    'SELECT * FROM files WHERE tree = ? AND parent = ? AND path > ? ORDER BY path LIMIT ?',
    tree,
    path,
    after,
    limit,
  );
}

/** Everything below a directory, by path. */
export function filesBelow(db: Database, tree: Tree, path: string): FileRow[] {
  return db.rows<FileRow>(
    'SELECT * FROM files WHERE tree = ? AND path > ? AND path < ? ORDER BY path',
    tree,
    ...below(path),
  );
}

/** Adds a file or directory; its parent must stand. Ids are never used twice. */
export function insertFile(db: Database, tree: Tree, path: string, file: NewFile, now: Date): FileRow {
  const at = now.getTime();
  const id = nextId(db, 'file', FIRST_ID);
  db.run(
    'INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    tree,
    path,
    parentOf(path),
    file.kind,
    file.language,
    file.content,
    file.bytes,
    at,
    at,
    file.creator,
  );
  return { id, tree, path, ...file, created: at, modified: at };
}

/** Gives a file another content; it stays the same object. */
export function replaceFile(db: Database, known: FileRow, file: NewFile, now: Date): FileRow {
  const at = now.getTime();
  db.run(
    'UPDATE files SET kind = ?, language = ?, content = ?, bytes = ?, modified = ? WHERE id = ?',
    file.kind,
    file.language,
    file.content,
    file.bytes,
    at,
    known.id,
  );
  dropContent(db, known.content);
  return { ...known, ...file, creator: known.creator, modified: at };
}

/** Removes a file, or a directory with everything below it, and the access lists of what is gone. */
export function removeFiles(db: Database, row: FileRow): void {
  const gone = [row, ...filesBelow(db, row.tree, row.path)];
  db.transaction(() => {
    for (const { id, content } of gone) {
      dropContent(db, content);
      db.run(
        "DELETE FROM permissions WHERE object_type IN ('directories', 'notebooks', 'files') AND object_id = ?",
        String(id),
      );
      db.run('DELETE FROM files WHERE id = ?', id);
    }
  });
}

/** Moves a file, or a directory with everything below it, to a path that is free and whose parent stands. */
export function moveFiles(db: Database, row: FileRow, target: string): void {
  db.transaction(() => {
    for (const each of [row, ...filesBelow(db, row.tree, row.path)]) {
      const path = `${target}${each.path.slice(row.path.length)}`;
      db.run('UPDATE files SET path = ?, parent = ? WHERE id = ?', path, parentOf(path), each.id);
    }
  });
}

/** Both bounds of the paths below one: `0` is the letter after `/`. */
function below(path: string): [string, string] {
  return path === '/' ? ['/', '0'] : [`${path}/`, `${path}0`];
}

/** Noted in the same transaction; the content itself goes afterwards, see `sweepContents`. */
function dropContent(db: Database, content: string | null): void {
  if (content !== null) db.run('INSERT OR IGNORE INTO dropped_contents VALUES (?)', content);
}

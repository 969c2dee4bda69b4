/** A lock that is held until it is released, or until its process dies in whatever way. */
export interface FileLock {
  release(): void;
}

// SQLite's code for "another connection holds the lock": https://www.sqlite.org/rescode.html#busy
const SQLITE_BUSY = 5;

/**
 * Takes the lock of a file, or answers undefined when another holder has it, in this process or in another.
 * It is the operating system's own lock, taken by SQLite on an empty file, so nothing stale is ever left to break.
 * Nothing else may open the file; its folder must exist.
 */
export function tryFileLock(file: string): FileLock | undefined {
  // Loaded when a lock is needed: most commands need none.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return { release: () => db.close() };
  } catch (error) {
    db.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

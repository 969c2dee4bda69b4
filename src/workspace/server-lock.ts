import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Held by the one server of a folder. */
export interface ServerLock {
  release(): void;
}

/**
 * Takes the lock of a workspace folder, or answers undefined when a living process holds it. It is SQLite's own file
 * lock, so the operating system lets go of it when its holder dies in whatever way. Nothing else may open the file.
 */
export function takeServerLock(folder: string): ServerLock | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(folder, 'server.lock'), { timeout: 0 });
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
    return { release: () => db.close() };
  } catch (error) {
    db.close();
    if ((error as { errcode?: number }).errcode === 5) return undefined;
    throw error;
  }
}

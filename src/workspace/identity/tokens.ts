import { sha256Hex } from '../../core/sha256.ts';
import type { Database } from '../state/database.ts';
import { ApiError } from '../wire/api-error.ts';

/** A token that a user made for himself, without its text: only its hash is kept. Times are epoch milliseconds. */
export interface PersonalToken {
  /** 64 hex digits that name it and say nothing of it. */
  readonly tokenId: string;
  readonly created: number;
  /** Absent = never. */
  readonly expires?: number;
  readonly comment: string;
}

interface Row {
  readonly hash: string;
  readonly created: number;
  readonly expires: number | null;
  readonly comment: string;
}

/** The tokens of a user that have not expired, oldest first; not those of sessions, runs, OAuth and of this machine's owner. */
export function personalTokens(db: Database, userName: string, now: Date): PersonalToken[] {
  return rowsOf(db, userName, now).map(({ hash, created, expires, comment }) => ({
    tokenId: idOf(hash),
    created,
    ...(expires === null ? {} : { expires }),
    comment,
  }));
}

/** The token of a user whose text is `secret`. */
export function personalToken(db: Database, userName: string, secret: string, now: Date): PersonalToken {
  const id = idOf(sha256Hex(secret));
  const found = personalTokens(db, userName, now).find(({ tokenId }) => tokenId === id);
  if (found === undefined) throw unknown(id);
  return found;
}

/** Makes one of a user's own tokens worthless. @throws ApiError when he has none of that id */
export function revokeToken(db: Database, userName: string, tokenId: string, now: Date): void {
  const row = rowsOf(db, userName, now).find(({ hash }) => idOf(hash) === tokenId);
  if (row === undefined) throw unknown(tokenId);
  db.run('DELETE FROM secrets WHERE hash = ?', row.hash);
}

function rowsOf(db: Database, userName: string, now: Date): Row[] {
  return db.rows<Row>(
    `SELECT hash, created, expires, comment FROM secrets WHERE user = ? AND kind = 'token' AND comment IS NOT NULL
       AND (expires IS NULL OR expires > ?) ORDER BY created, hash`,
    userName,
    now.getTime(),
  );
}

function idOf(hash: string): string {
  return sha256Hex(`id of ${hash}`);
}

function unknown(tokenId: string): ApiError {
  return new ApiError('RESOURCE_DOES_NOT_EXIST', `Token with ID ${tokenId} does not exist.`);
}

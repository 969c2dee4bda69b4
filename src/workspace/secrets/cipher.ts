import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../core/make-folder.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a value with the workspace's key, `secrets.key` beside the database, for its owner's eyes only.
 * @param place What the value belongs to: it cannot be opened as belonging to something else.
 */
export function seal(folder: string, place: string, value: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(folder), nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** The value that was sealed. @throws when the key, the place or the bytes are others */
export function unseal(folder: string, place: string, bytes: Uint8Array): Buffer {
  const all = Buffer.from(bytes);
  const nonce = all.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, keyOf(folder), nonce).setAAD(Buffer.from(place));
  decipher.setAuthTag(all.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(all.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

function keyOf(folder: string): Buffer {
  const file = join(folder, 'secrets.key');
  try {
    return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  makeFolder(folder, 0o700);
  const key = randomBytes(32);
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, `${key.toString('hex')}\n`, { mode: 0o600 });
  renameSync(aside, file);
  return key;
}

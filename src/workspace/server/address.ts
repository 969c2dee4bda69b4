import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../core/make-folder.ts';

const addressSchema = z.object({
  url: z.string(),
  pid: z.int(),
  /** Random for each start: tells this server from another that got its port. */
  instance: z.string(),
  startedAt: z.string(),
  version: z.string(),
  /** The port of the time before, when it is another. */
  movedFrom: z.int().optional(),
  /** Name of the scenario that the server plays. */
  scenario: z.string().optional(),
});

/** `server.json`: where the server of a folder is, or was. */
export type ServerAddress = z.infer<typeof addressSchema>;

export function readAddress(folder: string): ServerAddress | undefined {
  try {
    return addressSchema.parse(JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')));
  } catch (error) {
    // The home of another user: that a server runs there cannot be told, which is not the same as that none runs.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error;
    return undefined;
  }
}

export function writeAddress(folder: string, address: ServerAddress): void {
  writePrivately(join(folder, 'server.json'), `${JSON.stringify(address, undefined, 2)}\n`);
}

export function removeAddress(folder: string): void {
  rmSync(join(folder, 'server.json'), { force: true });
}

/** Where the token of the machine's owner lies. */
export function ownerTokenFile(folder: string): string {
  return join(folder, 'owner-token');
}

/** The machine owner's token: the one secret that is kept readable, by him alone. Made when there is none. */
export function ownerToken(folder: string): string {
  const file = ownerTokenFile(folder);
  const known = readOwnerToken(folder);
  if (known !== undefined) return known;
  const token = `hws_${randomBytes(24).toString('base64url')}`;
  writePrivately(file, `${token}\n`);
  return token;
}

export function readOwnerToken(folder: string): string | undefined {
  try {
    return readFileSync(ownerTokenFile(folder), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function writePrivately(file: string, text: string): void {
  makeFolder(join(file, '..'), 0o700);
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, text, { mode: 0o600 });
  renameSync(aside, file);
}

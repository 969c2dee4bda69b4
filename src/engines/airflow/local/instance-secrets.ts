import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivately, writePrivately } from './private-file.ts';

const secretsSchema = z.object({
  /** Encrypts connections and variables in the database. */
  fernetKey: z.string(),
  /** Signs the tokens of people and of tasks. */
  jwtSecret: z.string(),
  apiSecretKey: z.string(),
  /** `postgresql://…`, which may hold a password; absent = SQLite in the folder. */
  database: z.string().optional(),
});

/** What an Airflow of this machine keeps to itself: random, of one instance alone, readable by its user alone. */
export type InstanceSecrets = z.infer<typeof secretsSchema>;

const FILE = 'secrets.json';

/** The database that an instance was given; undefined for SQLite, and where there is no instance. */
export function databaseOf(folder: string): string | undefined {
  return secretsSchema.safeParse(readPrivately(join(folder, FILE))).data?.database;
}

/**
 * The secrets of an instance, made the first time.
 * @param database Another one than so far, `sqlite` for its own file; absent = as it was
 */
export function instanceSecrets(folder: string, database?: string): InstanceSecrets {
  const known = secretsSchema.safeParse(readPrivately(join(folder, FILE)));
  const before = known.success ? known.data : freshSecrets();
  const { database: _earlier, ...own } = before;
  const chosen: InstanceSecrets = database === 'sqlite' ? own : { ...own, database };
  const secrets = database === undefined ? before : chosen;
  if (!known.success || secrets.database !== before.database) writePrivately(join(folder, FILE), secrets);
  return secrets;
}

function freshSecrets(): InstanceSecrets {
  const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
  // Fernet wants 32 bytes with padding: https://cryptography.io/en/latest/fernet/
  return { fernetKey: `${random(32)}=`, jwtSecret: random(64), apiSecretKey: random(64) };
}

import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import type { Fields } from '../wire/fields.ts';
import { deleteFiles, type FileHome, makeDirectories } from './file-store.ts';
import { findFile } from './file-table.ts';

/** A volume of Unity Catalog, with the three names that the paths of its files begin with. */
export interface Volume {
  /** `/Volumes/<catalog>/<schema>/<name>`. */
  readonly path: string;
  readonly volume_id: string;
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
  readonly comment: string | null;
  readonly owner: string;
  readonly created: number;
  readonly creator: string;
  readonly updated: number;
}

/** What may be granted on a volume: https://docs.databricks.com/data-governance/unity-catalog/manage-privileges/privileges */
const VOLUME_PRIVILEGES: readonly string[] = ['READ_VOLUME', 'WRITE_VOLUME', 'MANAGE', 'ALL_PRIVILEGES'];
/** The group of everybody. */
const EVERYBODY = ['account users', 'users'];
const NAME = /^[^./\s\p{Cc}]{1,255}$/u;

/** The volume that a path of the tree lies in, or is. */
export function volumeOf(db: Database, path: string): Volume | undefined {
  return db.row<Volume>('SELECT * FROM volumes WHERE path = ?', path.split('/').slice(0, 5).join('/'));
}

/** By its full name, `catalog.schema.name`, for someone who may see it. @throws ApiError 404 otherwise */
export function volumeNamed(db: Database, fullName: string, who: Identity): Volume {
  const found = volumeOf(db, `/Volumes/${fullName.split('.').join('/')}`);
  if (found === undefined || fullName.split('.').length !== 3 || !mayReadVolume(db, found, who))
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Volume '${fullName}' does not exist.`);
  return found;
}

export function mayReadVolume(db: Database, volume: Volume, who: Identity): boolean {
  return holds(db, volume, who, VOLUME_PRIVILEGES);
}

export function mayWriteVolume(db: Database, volume: Volume, who: Identity): boolean {
  return holds(db, volume, who, ['WRITE_VOLUME', 'ALL_PRIVILEGES']);
}

/** @throws ApiError unless someone owns the volume, or may manage it */
export function assertOwnsVolume(db: Database, volume: Volume, who: Identity): void {
  if (!holds(db, volume, who, ['MANAGE']))
    throw new ApiError('PERMISSION_DENIED', `User does not have MANAGE on Volume '${fullNameOf(volume)}'.`);
}

/** Makes a managed volume, an empty directory. Its catalog and schema need not stand before. */
export function createVolume(home: FileHome, fields: Fields, who: Identity): Volume {
  const [catalog, schema, name] = ['catalog_name', 'schema_name', 'name'].map((field) => {
    const text = fields.requiredText(field);
    if (!NAME.test(text)) throw invalidParameter(`${field} ${JSON.stringify(text)} is not a valid name.`);
    return text;
  }) as [string, string, string];
  const type = fields.requiredText('volume_type');
  if (type !== 'MANAGED')
    throw invalidParameter(`Volumes of type ${type} are not supported here: MANAGED is.`);
  const path = `/Volumes/${catalog}/${schema}/${name}`;
  if (volumeOf(home.db, path) !== undefined)
    throw new ApiError('RESOURCE_ALREADY_EXISTS', `Volume '${name}' already exists`, { status: 400 });
  const at = home.clock.now().getTime();
  home.db.transaction(() => {
    makeDirectories(home, 'volumes', path, who);
    const comment = fields.text('comment') ?? null;
    home.db.run(
      'INSERT INTO volumes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      path,
      randomUUID(),
      catalog,
      schema,
      name,
      comment,
      who.userName,
      at,
      who.userName,
      at,
    );
  });
  return volumeNamed(home.db, `${catalog}.${schema}.${name}`, who);
}

/** Changes comment and owner, as given. */
export function updateVolume(home: FileHome, volume: Volume, fields: Fields): void {
  for (const field of ['new_name', 'storage_location'])
    if (fields.value[field] !== undefined)
      throw invalidParameter(`${field} of a volume cannot be changed here.`);
  home.db.run(
    'UPDATE volumes SET comment = ?, owner = ?, updated = ? WHERE path = ?',
    fields.text('comment') ?? volume.comment,
    fields.text('owner') ?? volume.owner,
    home.clock.now().getTime(),
    volume.path,
  );
}

/** Removes a volume with all its files. */
export function deleteVolume(home: FileHome, volume: Volume): void {
  home.db.transaction(() => {
    home.db.run('DELETE FROM volume_grants WHERE volume_id = ?', volume.volume_id);
    home.db.run('DELETE FROM volumes WHERE path = ?', volume.path);
    const row = findFile(home.db, 'volumes', volume.path);
    if (row !== undefined) deleteFiles(home, row);
  });
}

/** The volumes of a schema that someone may read, by name. */
export function listVolumes(db: Database, catalog: string, schema: string, who: Identity): Volume[] {
  return db
    .rows<Volume>('SELECT * FROM volumes WHERE catalog = ? AND schema = ? ORDER BY name', catalog, schema)
    .filter((volume) => mayReadVolume(db, volume, who));
}

export function renderVolume(volume: Volume): JsonObject {
  return {
    name: volume.name,
    catalog_name: volume.catalog,
    schema_name: volume.schema,
    full_name: fullNameOf(volume),
    volume_type: 'MANAGED',
    volume_id: volume.volume_id,
    owner: volume.owner,
    ...(volume.comment === null ? {} : { comment: volume.comment }),
    created_at: volume.created,
    created_by: volume.creator,
    updated_at: volume.updated,
    updated_by: volume.owner,
    storage_location: `dbfs:${volume.path}`,
  };
}

/** Adds and takes away privileges, as `changes` of the permissions API say. */
export function changeGrants(db: Database, volume: Volume, changes: readonly Fields[]): void {
  const known = (privilege: unknown): string => {
    if (VOLUME_PRIVILEGES.includes(String(privilege))) return String(privilege);
    throw invalidParameter(
      `Privilege ${String(privilege)} is not applicable to volumes. Allowed: ${VOLUME_PRIVILEGES.join(', ')}.`,
    );
  };
  db.transaction(() => {
    for (const change of changes) {
      const principal = change.requiredText('principal');
      for (const privilege of change.list('add').map(known))
        db.run(
          'INSERT OR IGNORE INTO volume_grants VALUES (?, ?, ?)',
          volume.volume_id,
          principal,
          privilege,
        );
      for (const privilege of change.list('remove').map(known))
        db.run(
          'DELETE FROM volume_grants WHERE volume_id = ? AND principal = ? AND privilege = ?',
          volume.volume_id,
          principal,
          privilege,
        );
    }
  });
}

/** Who was granted what on a volume. */
export function renderGrants(db: Database, volume: Volume): JsonObject {
  const rows = grantsOn(db, volume);
  const principals = [...new Set(rows.map(({ principal }) => principal))];
  return {
    privilege_assignments: principals.map((principal) => ({
      principal,
      privileges: rows.filter((row) => row.principal === principal).map(({ privilege }) => privilege),
    })),
  };
}

function fullNameOf({ catalog, schema, name }: Volume): string {
  return `${catalog}.${schema}.${name}`;
}

function grantsOn(db: Database, volume: Volume): { principal: string; privilege: string }[] {
  return db.rows(
    'SELECT principal, privilege FROM volume_grants WHERE volume_id = ? ORDER BY principal, privilege',
    volume.volume_id,
  );
}

function holds(db: Database, volume: Volume, who: Identity, privileges: readonly string[]): boolean {
  if (who.isAdmin || volume.owner === who.userName || who.groups.includes(volume.owner)) return true;
  const names = [who.userName, ...who.groups, ...EVERYBODY];
  return grantsOn(db, volume).some(
    ({ principal, privilege }) => names.includes(principal) && privileges.includes(privilege),
  );
}

import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalidParameter } from '../wire/api-error.ts';

/** The path behind `file:///…` or an absolute path; undefined for any other scheme. */
export function localPath(location: string): string | undefined {
  if (isAbsolute(location)) return location;
  if (!location.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(location);
  } catch {
    return undefined;
  }
}

/** Whether a location is an object of a bucket. */
export function isObject(location: string): boolean {
  return /^s3:\/\/[^/]+\/./.test(location);
}

/** A location that this workspace can look for. @throws ApiError for another scheme or a relative path. */
export function readableLocation(location: string, name: string): string {
  if (localPath(location) !== undefined || isObject(location) || /^dbfs:\/./.test(location)) return location;
  throw invalidParameter(
    `${name} ${JSON.stringify(location)} cannot be read by this workspace. Supported: file:///absolute/path, /absolute/path, /Workspace/…, /Volumes/…, dbfs:/… and s3://bucket/key.`,
  );
}

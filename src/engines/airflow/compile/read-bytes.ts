import { readFileSync } from 'node:fs';

/** What a file holds; undefined when it cannot be read, whose reason is told by whoever loads the files anew. */
export function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

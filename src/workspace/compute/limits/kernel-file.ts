import { readFileSync } from 'node:fs';

/** What the kernel says in a file of `/proc` or of a control group; empty when the file is not there. */
export function readKernelFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

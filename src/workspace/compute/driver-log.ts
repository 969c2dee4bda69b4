import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';

const CHECK_MS = 250;

/**
 * Keeps a log that a driver appends to below `capBytes` until `signal` is aborted, and looks at it once more then. A log that outgrows it loses its
 * beginning: the last sixteenth stays, under a line that says so. The driver writes to the file itself (O_APPEND),
 * so nothing of it passes through this process; what is written during the cut may be lost with the rest.
 */
export async function keepLogBelow(
  file: string,
  capBytes: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    cutIfPossible(file, capBytes);
    await clock.sleep(CHECK_MS, signal).catch(() => undefined);
  }
  cutIfPossible(file, capBytes);
}

/** A cut that fails, on a disk that is full, is tried again at the next look. */
function cutIfPossible(file: string, capBytes: number): void {
  try {
    cutLog(file, capBytes);
  } catch {
    // The log stays as it is until then.
  }
}

/** One cut, when the log is larger than the cap. Answers whether it was. */
export function cutLog(file: string, capBytes: number): boolean {
  if (logSize(file) <= capBytes) return false;
  const descriptor = openSync(file, 'a+');
  try {
    const size = fstatSync(descriptor).size;
    const kept = Buffer.alloc(Math.floor(capBytes / 16));
    const read = readSync(descriptor, kept, 0, kept.length, size - kept.length);
    const notice = Buffer.from(
      `[hermes] The log passed ${capBytes} bytes. Its first ${size - read} bytes were dropped.\n`,
    );
    ftruncateSync(descriptor, 0);
    writeFileSync(descriptor, Buffer.concat([notice, kept.subarray(0, read)]));
  } finally {
    closeSync(descriptor);
  }
  return true;
}

/** Bytes of a log; 0 when there is none yet. */
export function logSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

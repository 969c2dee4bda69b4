import { closeSync, openSync, writeSync } from 'node:fs';
import { redact } from '../../core/redaction.ts';

/** Where the output of a CI run goes: line by line, redacted, to its log file and to whoever pushed. */
export interface CiLog {
  line(text: string): void;
  /** A piece of a command's output; shown when its line is whole. */
  write(chunk: Buffer): void;
  close(): void;
}

const LONGEST_LINE = 64 * 1024;

/** Opens a log; `show` gets the same lines. */
export function openCiLog(path: string, show: (line: string) => void): CiLog {
  const descriptor = openSync(path, 'a');
  const decoder = new TextDecoder();
  let rest = '';
  const line = (text: string) => {
    const safe = redact(text);
    writeSync(descriptor, `${safe}\n`);
    show(safe);
  };
  return {
    line,
    write: (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) line(text.replace(/\r$/, ''));
      if (rest.length > LONGEST_LINE) {
        line(rest);
        rest = '';
      }
    },
    close: () => {
      if (rest !== '') line(rest);
      closeSync(descriptor);
    },
  };
}

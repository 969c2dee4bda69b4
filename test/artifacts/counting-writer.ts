import { writeSync } from 'node:fs';
import { folderStore } from '../../src/artifacts/folder-store.ts';

// A process that adds one to the number under `counter`, again and again, and prints each number that it wrote.
const [root = '', times = '0'] = process.argv.slice(2);
const store = folderStore(root);
for (let done = 0; done < Number(times); ) {
  const current = await store.read('counter');
  const next = Number(Buffer.from(current?.bytes ?? []).toString() || '0') + 1;
  if ((await store.replace('counter', Buffer.from(String(next)), current?.etag)) === 'conflict') continue;
  writeSync(1, `${next}\n`);
  done += 1;
}

import { folderStore } from '../../src/artifacts/folder-store.ts';

// A process that fills a small disk: first by new keys, then by a replacement that cannot fit any more.
const [root = ''] = process.argv.slice(2);
const store = folderStore(root);
const block = Buffer.alloc(10_000, 'x');
const failures: string[] = [];
await store.create('pointer', Buffer.from('one'));
const etag = (await store.read('pointer'))?.etag;
const note = (error: Error): void => {
  failures.push(error.message);
};
for (let index = 0; index < 20; index += 1) await store.create(`file-${index}`, block).catch(note);
await store.replace('pointer', block, etag).catch(note);
const sizes: Record<string, number> = {};
for await (const { key, bytes } of store.list('')) sizes[key] = bytes;
console.log(
  JSON.stringify({
    failures,
    sizes,
    pointer: Buffer.from((await store.read('pointer'))?.bytes ?? []).toString(),
  }),
);

import { createHash } from 'node:crypto';
import type { Proposal } from './repository-fleet.ts';

const MARK = /^Hermes-Update: ([0-9a-f]{16}) ([0-9a-f]{40,64})$/m;

/** What names a change: the same files with the same content have the same one. */
export function digestOf(changes: Proposal['changes']): string {
  const hash = createHash('sha256');
  const sorted = [...changes].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, bytes, executable } of sorted)
    hash.update(`${path}\0${executable}\0${bytes?.length ?? 'deleted'}\0`).update(bytes ?? Buffer.alloc(0));
  return hash.digest('hex').slice(0, 16);
}

/** The message of a commit by which Hermes knows it again, and sees whether somebody else has a hand in it. */
export function markedMessage(title: string, digest: string, tree: string): string {
  return `${title}\n\nMade by hermes repo update.\n\nHermes-Update: ${digest} ${tree}\n`;
}

/** The digest of the change in a commit that is Hermes' own, untouched; undefined for any other commit. */
export function digestInCommit(message: string, tree: string): string | undefined {
  const [, digest, marked] = MARK.exec(message) ?? [];
  return marked === tree ? digest : undefined;
}

/** The text of a pull request, with what names its change where people do not see it. */
export function markedText(body: string, digest: string): string {
  return `${body}\n<!-- hermes-update ${digest} -->\n`;
}

/** What names the change of a pull request. */
export function digestInText(body: string): string | undefined {
  return /<!-- hermes-update ([0-9a-f]{16}) -->/.exec(body)?.[1];
}

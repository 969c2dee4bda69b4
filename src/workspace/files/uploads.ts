import { randomBytes } from 'node:crypto';
import type { Identity } from '../identity/users.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { asideStream, type ByteSource, discardContent, type Received, receiveContent } from './contents.ts';

/** A large file that arrives in parts. */
interface Upload {
  readonly path: string;
  readonly who: Identity;
  readonly overwrite: boolean;
  /** Part number → what has arrived of it. */
  readonly parts: Map<number, Received>;
  readonly begunAt: number;
}

/** A part that a client says it has sent. */
interface SentPart {
  readonly number: number;
  readonly etag: string;
}

/** Unfinished uploads. They live as long as the server: what had arrived is removed at its next start. */
export interface Uploads {
  /** Answers the token of the session. */
  begin(path: string, who: Identity, overwrite: boolean): string;
  /** The upload of a token, for the one who began it. @throws ApiError 404 */
  find(token: string, path: string, who: Identity): Pick<Upload, 'overwrite'>;
  /** Takes in one part; the same part again replaces it. Answers its etag. */
  receive(token: string, part: number, source: ByteSource): Promise<string>;
  /** Joins the parts to one content and forgets the upload. */
  complete(token: string, parts: readonly SentPart[]): Promise<Received>;
  abort(token: string): void;
}

/** After so long an upload that was not completed is forgotten. */
const LIFE_MS = 24 * 3_600_000;
const PART_LIMIT = 10_000;

export function createUploads(folder: string, now: () => number): Uploads {
  const open = new Map<string, Upload>();
  const forget = (token: string): void => {
    for (const { content } of open.get(token)?.parts.values() ?? []) discardContent(folder, content);
    open.delete(token);
  };
  const found = (token: string): Upload => {
    const upload = open.get(token);
    if (upload === undefined) throw new ApiError('NOT_FOUND', 'The upload session is not found.');
    return upload;
  };
  return {
    begin: (path, who, overwrite) => {
      for (const [token, { begunAt }] of open) if (now() - begunAt > LIFE_MS) forget(token);
      const token = randomBytes(24).toString('base64url');
      open.set(token, { path, who, overwrite, parts: new Map(), begunAt: now() });
      return token;
    },
    find: (token, path, who) => {
      const upload = found(token);
      if (upload.path === path && upload.who.userName === who.userName) return upload;
      throw new ApiError('NOT_FOUND', 'The upload session is not found.');
    },
    receive: async (token, part, source) => {
      found(token);
      if (!Number.isInteger(part) || part < 0 || part > PART_LIMIT)
        throw invalidParameter(`Part numbers are 0 to ${PART_LIMIT}.`);
      const received = await receiveContent(folder, source);
      const upload = open.get(token);
      if (upload === undefined) {
        discardContent(folder, received.content);
        return found(token) && '';
      }
      const before = upload.parts.get(part);
      upload.parts.set(part, received);
      if (before !== undefined) discardContent(folder, before.content);
      return received.content;
    },
    complete: async (token, sent) => {
      const { parts } = found(token);
      const order = sent
        .toSorted((a, b) => a.number - b.number)
        .map(({ number, etag }) => {
          const part = parts.get(number);
          if (part === undefined || part.content !== etag)
            throw invalidParameter(`Part ${number} with etag ${JSON.stringify(etag)} has not arrived.`);
          return part;
        });
      const whole = await receiveContent(folder, joined(folder, order));
      forget(token);
      return whole;
    },
    abort: forget,
  };
}

async function* joined(folder: string, parts: readonly Received[]): AsyncIterable<Uint8Array> {
  for (const { content } of parts) yield* asideStream(folder, content);
}

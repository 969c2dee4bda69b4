import { sha256Hex } from '../../src/core/sha256.ts';
import { mergeText } from '../../src/github/git/merge-text.ts';
import type { PlannedFile } from '../../src/templates/decide-file.ts';
import { parseRecord } from '../../src/templates/parse-record.ts';
import { planUpdate, unreadPaths } from '../../src/templates/plan-update.ts';
import type { RenderedFile } from '../../src/templates/render-template.ts';
import type { RepositoryFile, RepositoryFiles } from '../../src/templates/repository-file.ts';
import { type RepositoryUpdate, resolveUpdate } from '../../src/templates/resolve-update.ts';
import {
  createRecord,
  gitBlobId,
  RECORD_PATH,
  type TemplateRecord,
} from '../../src/templates/template-record.ts';
import { answers } from './older-repository.ts';

export const context = { env: process.env, signal: new AbortController().signal };

export type Texts = Readonly<Record<string, string | undefined>>;

/** A repository with its history, as far as an update needs it. */
export class UpdatedRepository {
  readonly files = new Map<string, RepositoryFile>();
  readonly #history = new Map<string, Buffer>();

  write(path: string, bytes: Buffer | undefined, executable = false): void {
    if (bytes === undefined) this.files.delete(path);
    else {
      this.#history.set(gitBlobId(bytes), bytes);
      this.files.set(path, { blob: gitBlobId(bytes), mode: executable ? '100755' : '100644' });
    }
  }

  /** Bytes only of those that a plan asks for. */
  read(paths: readonly string[]): RepositoryFiles {
    return new Map(
      [...this.files].map(([path, file]) => {
        const bytes = this.#history.get(file.blob);
        return [path, paths.includes(path) && bytes !== undefined ? { ...file, bytes } : file];
      }),
    );
  }

  text(path: string): string | undefined {
    const file = this.files.get(path);
    return file === undefined ? undefined : this.#history.get(file.blob)?.toString();
  }

  get record(): TemplateRecord {
    return parseRecord(this.text(RECORD_PATH) ?? '', RECORD_PATH);
  }

  find(blob: string | undefined, hash: string): Buffer | undefined {
    const known = this.#history.get(blob ?? '');
    return known ?? [...this.#history.values()].find((bytes) => sha256Hex(bytes) === hash);
  }
}

const template = (texts: Texts): RenderedFile[] =>
  Object.entries(texts).flatMap(([path, text]) =>
    text === undefined ? [] : [{ path, bytes: Buffer.from(text), executable: path.endsWith('.sh') }],
  );

export function create(texts: Texts): UpdatedRepository {
  const repository = new UpdatedRepository();
  const files = template(texts);
  for (const { path, bytes, executable } of files) repository.write(path, bytes, executable);
  const record = createRecord('product', answers, files);
  repository.write(RECORD_PATH, Buffer.from(JSON.stringify(record)));
  return repository;
}

export function plan(repository: UpdatedRepository, texts: Texts, renames: Texts = {}): PlannedFile[] {
  const input = {
    record: repository.record,
    fresh: template(texts),
    here: repository.read([]),
    renames: new Map(Object.entries(renames).map(([from, to]) => [from, to ?? ''])),
  };
  return planUpdate({ ...input, here: repository.read(unreadPaths(input)) });
}

export async function update(
  repository: UpdatedRepository,
  texts: Texts,
  renames: Texts = {},
): Promise<RepositoryUpdate> {
  const planned = plan(repository, texts, renames);
  const result = await resolveUpdate(repository.record, planned, repository.files, {
    merge: (sides) => mergeText(sides, context),
    readBase: async (_path, recorded) => repository.find(recorded.blob, recorded.sha256),
  });
  for (const { path, bytes, executable } of result.changes) repository.write(path, bytes, executable);
  return result;
}

export const outcomes = ({ files }: RepositoryUpdate) =>
  Object.fromEntries(files.map(({ path, outcome }) => [path, outcome]));

export const CI = '.travis.yml';
export const SCRIPT = 'build_tools/test.sh';
const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('');
export const five = (change: Readonly<Record<number, string>> = {}) =>
  lines(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => change[number] ?? `line ${number}`));

import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One column of a table. */
interface TableColumn {
  readonly name: string;
  /** As SQL writes it: `decimal(10,2)`, `array<int>`. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly comment?: string;
}

/** One change of a table. */
interface TableCommit {
  readonly version: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** `WRITE`, `DELETE`, `MERGE`, … as the writer called it. */
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a Delta log says without its checkpoints. https://github.com/delta-io/delta/blob/master/PROTOCOL.md */
export interface DeltaLog {
  readonly version: number;
  /** Newest first. */
  readonly history: readonly TableCommit[];
  /** Absent when the commits that were read do not say it. */
  readonly columns?: readonly TableColumn[];
  readonly partitionColumns: readonly string[];
  /** Bytes and rows of the current version; absent when the log begins with a checkpoint or a writer left them out. */
  readonly bytes?: number;
  readonly rows?: number;
}

const COMMIT_FILE = /^(\d{20})\.json$/;
/** So many commits are read, from the newest on. */
const COMMITS = 200;
// Parameters that repeat the log's own words.
const TECHNICAL = new Set(['metadata', 'protocol', 'location']);
const COMMIT_BYTES = 8 * 1024 * 1024;

const actionSchema = z.object({
  commitInfo: z
    .object({
      timestamp: z.number().optional(),
      operation: z.string().optional(),
      operationParameters: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  metaData: z
    .object({ schemaString: z.string().optional(), partitionColumns: z.array(z.string()).optional() })
    .optional(),
  add: z.object({ path: z.string(), size: z.number().optional(), stats: z.string().nullish() }).optional(),
  remove: z.object({ path: z.string() }).optional(),
});
type Action = z.infer<typeof actionSchema>;

interface Commit {
  readonly version: number;
  readonly at: number;
  readonly actions: readonly Action[];
}

/** Reads the log of a table's folder; undefined when it is no Delta table. */
export function readDeltaLog(table: string): DeltaLog | undefined {
  const log = join(table, '_delta_log');
  const versions = entriesOf(log)
    .flatMap((entry) => (entry.isFile() ? (COMMIT_FILE.exec(entry.name)?.[1] ?? []) : []))
    .map(Number)
    .sort((a, b) => b - a);
  const [version] = versions;
  if (version === undefined) return undefined;
  const commits = versions.slice(0, COMMITS).map((each) => readCommit(log, each));
  const meta = commits.flatMap(({ actions }) => actions.flatMap((action) => action.metaData ?? [])).at(0);
  const columns = columnsOf(meta?.schemaString);
  return {
    version,
    history: commits.map(historyOf),
    ...(columns === undefined ? {} : { columns }),
    partitionColumns: meta?.partitionColumns ?? [],
    ...(commits.at(-1)?.version === 0 ? sizesOf(commits) : {}),
  };
}

/** Folders and files of a folder; none when it is not there. A link is neither. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readCommit(log: string, version: number): Commit {
  const file = join(log, `${String(version).padStart(20, '0')}.json`);
  try {
    const { size, mtimeMs } = statSync(file);
    const lines = size > COMMIT_BYTES ? [] : readFileSync(file, 'utf8').split('\n');
    return { version, at: mtimeMs, actions: lines.flatMap(parseAction) };
  } catch {
    return { version, at: 0, actions: [] };
  }
}

function parseAction(line: string): Action[] {
  if (line.trim() === '') return [];
  try {
    const { data } = actionSchema.safeParse(JSON.parse(line));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}

function historyOf({ version, at, actions }: Commit): TableCommit {
  const info = actions.find((action) => action.commitInfo !== undefined)?.commitInfo;
  const parameters = Object.entries(info?.operationParameters ?? {})
    .filter(([name]) => !TECHNICAL.has(name))
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const);
  return {
    version,
    at: info?.timestamp ?? at,
    operation: info?.operation ?? 'UNKNOWN',
    parameters: Object.fromEntries(parameters),
  };
}

/** The files that the last version has, by playing the log from its beginning. */
function sizesOf(commits: readonly Commit[]): { bytes?: number; rows?: number } {
  const files = new Map<string, { readonly size: number; readonly rows: number }>();
  for (const { actions } of [...commits].reverse()) {
    for (const { remove } of actions) if (remove !== undefined) files.delete(remove.path);
    for (const { add } of actions)
      if (add !== undefined) files.set(add.path, { size: add.size ?? Number.NaN, rows: rowsOf(add.stats) });
  }
  const bytes = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  const rows = [...files.values()].reduce((sum, file) => sum + file.rows, 0);
  return { ...(Number.isNaN(bytes) ? {} : { bytes }), ...(Number.isNaN(rows) ? {} : { rows }) };
}

function rowsOf(stats: string | null | undefined): number {
  try {
    const { numRecords } = JSON.parse(stats ?? '{}') as { numRecords?: unknown };
    return typeof numRecords === 'number' ? numRecords : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

type DeltaType = string | { readonly type: string; readonly [part: string]: unknown };

function columnsOf(schema: string | undefined): readonly TableColumn[] | undefined {
  if (schema === undefined) return undefined;
  try {
    const { fields } = JSON.parse(schema) as { fields: Field[] };
    return fields.map(({ name, type, nullable, metadata }) => ({
      name,
      type: typeText(type),
      isNullable: nullable,
      ...(typeof metadata?.comment === 'string' ? { comment: metadata.comment } : {}),
    }));
  } catch {
    return undefined;
  }
}

interface Field {
  readonly name: string;
  readonly type: DeltaType;
  readonly nullable: boolean;
  readonly metadata?: { readonly comment?: unknown };
}

const SQL_NAMES: Readonly<Record<string, string>> = {
  integer: 'int',
  long: 'bigint',
  short: 'smallint',
  byte: 'tinyint',
};

function typeText(type: DeltaType): string {
  if (typeof type === 'string') return SQL_NAMES[type] ?? type;
  if (type.type === 'array') return `array<${typeText(type.elementType as DeltaType)}>`;
  if (type.type === 'map')
    return `map<${typeText(type.keyType as DeltaType)},${typeText(type.valueType as DeltaType)}>`;
  const fields = type.fields as readonly Field[];
  return `struct<${fields.map((field) => `${field.name}:${typeText(field.type)}`).join(',')}>`;
}

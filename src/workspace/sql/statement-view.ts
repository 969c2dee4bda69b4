import type { StatementRecord } from './statements.ts';
import { manifestOf, readChunk } from './statements.ts';

/** The reply of a statement, as text: rows of a result are put into it as they lie on the disk. */
export function renderStatement(folder: string, statement: StatementRecord): string {
  const { statement_id: id, state, error_code: code, error_message: message } = statement;
  const error = code === null ? {} : { error: { error_code: code, message: message ?? '' } };
  const parts = [
    `"statement_id":${JSON.stringify(id)}`,
    `"status":${JSON.stringify({ state, ...error, ...(code === null ? {} : { sql_state: sqlState(message) }) })}`,
  ];
  const manifest = manifestOf(statement);
  if (manifest !== undefined) {
    const { columns, chunks, ...totals } = manifest;
    const schema = { column_count: columns.length, columns };
    parts.push(
      `"manifest":${JSON.stringify({ format: statement.format, schema, total_chunk_count: chunks.length, chunks, ...totals })}`,
      `"result":${chunks.length === 0 ? '{}' : renderChunk(folder, statement, 0)}`,
    );
  }
  return `{${parts.join(',')}}`;
}

/** One chunk of a result, as text; undefined when there is none of that index. */
export function renderChunk(folder: string, statement: StatementRecord, index: number): string | undefined {
  const chunks = manifestOf(statement)?.chunks ?? [];
  const chunk = chunks[index];
  if (chunk === undefined) return undefined;
  const bytes = readChunk(folder, statement, index);
  const next =
    index + 1 < chunks.length
      ? {
          next_chunk_index: index + 1,
          next_chunk_internal_link: `/api/2.0/sql/statements/${statement.statement_id}/result/chunks/${index + 1}?row_offset=${chunk.row_offset + chunk.row_count}`,
        }
      : {};
  const facts = JSON.stringify({ ...chunk, ...next }).slice(1, -1);
  const rows =
    statement.format === 'JSON_ARRAY'
      ? `"data_array":${bytes.toString('utf8')}`
      : `"attachment":"${bytes.toString('base64')}"`;
  return `{${facts},${rows}}`;
}

/** The state of SQL that a message names, `42P01`; HY000 when it names none. */
function sqlState(message: string | null): string {
  return /SQLSTATE:? ?([0-9A-Z]{5})/.exec(message ?? '')?.[1] ?? 'HY000';
}

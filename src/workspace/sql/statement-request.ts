import type { Json } from '../../core/json.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { warehouseOf } from './warehouse.ts';

/** How the rows of a result are written. */
export type ResultFormat = 'JSON_ARRAY' | 'ARROW_STREAM';

/** One `:name` of a statement; without a value it is NULL. */
interface StatementParameter {
  readonly name: string;
  readonly value?: string;
  /** A type of SQL. @defaultValue STRING */
  readonly type?: string;
}

/** The body of `POST /api/2.0/sql/statements`, checked. https://docs.databricks.com/api/workspace/statementexecution */
export interface StatementRequest {
  readonly sql: string;
  readonly parameters: readonly StatementParameter[];
  readonly catalog?: string;
  readonly schema?: string;
  readonly session?: string;
  readonly rowLimit?: number;
  readonly byteLimit?: number;
  readonly waitMs: number;
  readonly isCancelledAfterWait: boolean;
  readonly format: ResultFormat;
}

const STATEMENT_BYTES = 16 * 1024 * 1024;
const DEFAULT_WAIT_S = 10;
const TYPE = /^[A-Za-z_]+(?: ?\( *\d+ *(?:, *\d+ *)?\))?$/;

/** @throws ApiError at the first thing that this workspace does not take */
export function parseStatement(body: Json): StatementRequest {
  const fields = fieldsOf(body);
  const sql = fields.requiredText('statement');
  if (Buffer.byteLength(sql) > STATEMENT_BYTES)
    throw invalidParameter(`The statement is larger than ${STATEMENT_BYTES} bytes.`);
  const session = fields.text('session_id');
  if (session === undefined || fields.text('warehouse_id')) warehouseOf(fields.requiredText('warehouse_id'));
  const rowLimit = limitOf(fields, 'row_limit');
  const byteLimit = limitOf(fields, 'byte_limit');
  const catalog = fields.text('catalog');
  const schema = fields.text('schema');
  return {
    sql,
    parameters: fields.list('parameters').map(parseParameter),
    ...(catalog ? { catalog } : {}),
    ...(schema ? { schema } : {}),
    ...(session ? { session } : {}),
    ...(rowLimit === undefined ? {} : { rowLimit }),
    ...(byteLimit === undefined ? {} : { byteLimit }),
    waitMs: waitOf(fields.text('wait_timeout')) * 1_000,
    isCancelledAfterWait:
      oneOf(fields, 'on_wait_timeout', ['CONTINUE', 'CANCEL'] as const, 'CONTINUE') === 'CANCEL',
    format: formatOf(fields),
  };
}

function formatOf(fields: Fields): ResultFormat {
  const disposition = fields.text('disposition') ?? 'INLINE';
  // A client that takes either gets its rows in the reply.
  if (!['INLINE', 'INLINE_OR_EXTERNAL_LINKS'].includes(disposition))
    throw invalidParameter(
      `disposition ${disposition} is not supported by this workspace: it has no storage to link to. Supported: INLINE.`,
    );
  const compression = fields.text('result_compression') ?? 'NONE';
  if (
    compression !== 'NONE' &&
    compression !== 'RESULT_COMPRESSION_UNSPECIFIED' &&
    compression !== 'LZ4_FRAME'
  )
    throw invalidParameter(
      `result_compression ${compression} is not supported by this workspace. Supported: NONE.`,
    );
  return oneOf(fields, 'format', ['JSON_ARRAY', 'ARROW_STREAM'] as const, 'JSON_ARRAY');
}

function parseParameter(item: Json, index: number): StatementParameter {
  const fields = fieldsOf(item, `parameters[${index}].`);
  const name = fields.text('name');
  if (!name)
    throw invalidParameter(
      `parameters[${index}] has no name: this workspace takes named parameters (:name) only.`,
    );
  const value = fields.text('value');
  const type = fields.text('type');
  if (type !== undefined && !TYPE.test(type))
    throw invalidParameter(`parameters[${index}].type ${JSON.stringify(type)} is not a type of SQL.`);
  return { name, ...(value === undefined ? {} : { value }), ...(type ? { type } : {}) };
}

function waitOf(text: string | undefined): number {
  if (!text) return DEFAULT_WAIT_S;
  const seconds = Number(/^(\d{1,4})s$/.exec(text)?.[1] ?? Number.NaN);
  if (seconds === 0 || (seconds >= 5 && seconds <= 50)) return seconds;
  throw invalidParameter(`wait_timeout must be "0s" or between "5s" and "50s" (is ${JSON.stringify(text)}).`);
}

function limitOf(fields: Fields, name: string): number | undefined {
  return fields.integer(name) === undefined ? undefined : fields.count(name, 0, 1);
}

function oneOf<const T extends string>(fields: Fields, name: string, allowed: readonly T[], fallback: T): T {
  const given = fields.text(name) || fallback;
  const found = allowed.find((each) => each === given);
  if (found !== undefined) return found;
  throw invalidParameter(
    `${name} ${given} is not supported by this workspace. Supported: ${allowed.join(', ')}.`,
  );
}

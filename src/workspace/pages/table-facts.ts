import { printable, printableLine } from '../../core/printable.ts';
import type { TableDescription, TableSample } from '../spark/tables.ts';
import { sizeWords, timeWords } from './words.ts';

const CELL_LENGTH = 200;

/** What the page of a table says about it; its rows aside. */
export function tableFacts(table: TableDescription) {
  return {
    name: printableLine(`${table.database}.${table.table}`),
    environment: printableLine(table.environment),
    isProduction: table.isProduction,
    version: table.version,
    location: printableLine(table.location),
    rowCount: table.rows?.toLocaleString('en'),
    ...(table.bytes === undefined ? {} : { size: sizeWords(table.bytes) }),
    ...(table.columns === undefined
      ? {}
      : {
          columns: table.columns.map((column) => ({
            name: printableLine(column.name),
            type: printableLine(column.type),
            notes: [
              ...(table.partitionColumns.includes(column.name) ? ['partition'] : []),
              ...(column.isNullable ? [] : ['not null']),
            ].join(', '),
            comment: printable(column.comment ?? ''),
          })),
        }),
    history: table.history.map((commit) => ({
      version: commit.version,
      at: timeWords(commit.at),
      operation: printableLine(commit.operation),
      parameters: Object.entries(commit.parameters).map(([name, value]) => ({
        name: printableLine(name),
        value: cut(printableLine(value)),
      })),
    })),
  };
}

/** The first rows, as texts; a missing value is told from an empty text. */
export function sampleFacts(sample: TableSample) {
  if ('problem' in sample) return { problem: printable(sample.problem) };
  return {
    columns: sample.columns.map(printableLine),
    rows: sample.rows.map((row) =>
      row.map((value) => (value === null ? { isNull: true } : { text: cut(printable(value)) })),
    ),
  };
}

function cut(text: string): string {
  return text.length <= CELL_LENGTH ? text : `${text.slice(0, CELL_LENGTH)}…`;
}

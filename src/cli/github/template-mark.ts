import type { RepositoryMark } from '../../github/repository-host.ts';
import { RECORD_PATH } from '../../templates/template-record.ts';

/** A repository of Hermes is known by the record of its template. */
export const templateMark: RepositoryMark = { path: RECORD_PATH, describe: describeRecord };

/** Also of records that a newer Hermes wrote. */
function describeRecord(text: string): string | undefined {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { kind, answers } = Object(record) as { readonly kind?: unknown; readonly answers?: unknown };
  const { team } = Object(answers) as { readonly team?: unknown };
  return typeof kind === 'string' && typeof team === 'string' ? describeRepository(kind, team) : undefined;
}

/** `product repository of team weather` */
export function describeRepository(kind: string, team: string): string {
  return `${kind} repository of team ${team}`;
}

/** A table whose full name the environment decides; made by {@link table}, in YAML `{table: market.listings}`. */
export interface TableReference {
  /** `database.table`, without a read prefix. */
  readonly table: string;
}

/**
 * A table among `inputs`, `outputs` or `parameters` of a task: `table('market.listings')`.
 * As a parameter it stands alone, an element of the list, and the script gets the name that is right where it runs.
 */
export function table(name: string): TableReference {
  return { table: name };
}

const NAME = /^[a-z0-9_]+\.[a-z0-9_]+$/;
// https://github.com/apache/hive, metastore schema: DBS.NAME and TBLS.TBL_NAME
const MAX_LENGTH = 128;
const OLD_CATALOGS = ['hive_metastore', 'spark_catalog'];

/** Why a text cannot name a table of the metastore, or undefined when it can. */
export function tableNameProblem(name: string): string | undefined {
  const shown = JSON.stringify(name);
  if (name.includes('{'))
    return `${shown} is no name of a table: a template cannot stand here, since tables are checked before a run.`;
  const parts = name.split('.');
  if (parts.some((part) => part.length > MAX_LENGTH))
    return `${shown} is no name of a table: a part of it has more than ${MAX_LENGTH} characters.`;
  if (NAME.test(name)) return undefined;
  const likely = likelyName(parts);
  const hint = likely === undefined ? '' : ` Did you mean ${likely}?`;
  return `${shown} is no name of a table: it must be database.table, in lower-case letters, digits and "_".${hint}`;
}

/** What the user may have meant: without quotes, capitals, and the catalog that stands for the metastore. */
function likelyName(parts: readonly string[]): string | undefined {
  const [first = '', ...rest] = parts.map((part) => part.trim().replaceAll(/[`"]/g, '').toLowerCase());
  const name = (OLD_CATALOGS.includes(first) ? rest : [first, ...rest]).join('.').replaceAll('-', '_');
  return NAME.test(name) ? name : undefined;
}

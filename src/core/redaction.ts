const MASK = '[redacted]';

/** What the system says of a file whose name ends with `token`: `cat: owner-token: Permission denied`. */
const FILE_ERROR =
  '(?:Permission denied|Operation not permitted|No such file or directory|Is a directory|Not a directory|File exists|Read-only file system|Text file busy)';

/** Shapes of secrets that may stray into a text: headers, tokens, keys, credentials inside a URL. */
const secretShapes: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${MASK}`],
  [/\bdapi[0-9a-f]{16,}(-\d+)?\b/g, MASK],
  [/\bdose[0-9a-f]{16,}\b/g, MASK],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/g, MASK],
  [/\bhws_[A-Za-z0-9_-]{16,}\b/g, MASK],
  [/\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})\b/g, MASK],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
  [/(:\/\/[^\s/:@"']+:)[^\s/@"']+@/g, `$1${MASK}@`],
  [
    new RegExp(
      `\\b(aws_secret_access_key|client_secret|password|token)(["']?\\s*[=:]\\s*["']?)(?!${FILE_ERROR}\\b)(?:[^\\s"',&\\\\]|\\\\(?!")){6,}`,
      'gi',
    ),
    `$1$2${MASK}`,
  ],
  // A backslash before a quote belongs to the JSON around the text.
  // As the line of a shell or the dump of variables has them; more of them, and by any name, `redactJson` finds.
  [
    /\b([A-Z0-9_]{0,80}(?:PASSWORD|PASSWD|SECRET|TOKEN)[A-Z0-9_]{0,80})(["']?\s*[=:]\s*["']?)(?!\[redacted\]|\{\{)(?:[^\s"',&\\]|\\(?!")){3,}/g,
    `$1$2${MASK}`,
  ],
];

const SECRET_NAME = /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|KEY$/i;
/** Keys whose values are secrets wherever they stand. */
const SECRET_KEY = /^(aws_secret_access_key|client_secret|password|token)$/i;
/** Maps of a cluster whose keys are names that people choose. */
const VARIABLES: readonly string[] = ['spark_env_vars', 'spark_conf', 'env'];
/** Fields that hold a value of the attribute that `path` beside them names. */
const VALUE_FIELDS: readonly string[] = ['value', 'values', 'defaultValue', 'was', 'is'];
/** What Databricks replaces on the cluster (https://docs.databricks.com/aws/en/security/secrets/secrets-spark-conf-env-var). */
const REFERENCE = /^\{\{\s*secrets\/[^{}\s]+\/[^{}\s]+\s*\}\}$/;

/** Masks what looks like a secret. Applied to every text that leaves the process as an error or a log line. */
export function redact(text: string): string {
  return secretShapes.reduce((masked, [shape, replacement]) => masked.replace(shape, replacement), text);
}

/** Whether the name of a variable says that its value is a secret: `DB_PASSWORD`, `CLIENT_SECRET`, `API_KEY`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Whether a value only names a secret of Databricks: `{{secrets/scope/key}}`. */
export function isSecretReference(value: unknown): boolean {
  return typeof value === 'string' && REFERENCE.test(value);
}

/**
 * A value of a cluster as it may be shown: masked when its policy path names a secret, as `spark_env_vars.DB_PASSWORD`
 * or `spark_conf.fs.s3a.secret.key`. An empty value and the name of a secret of Databricks stay.
 */
export function redactAttribute<T>(path: string, value: T): T | typeof MASK {
  return isSecretPath(path) && !isHarmless(value) ? MASK : value;
}

/**
 * A copy with every secret masked: values of variables whose names look like one, in a cluster or a list of its
 * attributes, and whatever {@link redact} finds in a text. Fields, and what is no plain data, stay as they are.
 */
export function redactJson<T>(value: T): T {
  return masked(value, '') as T;
}

function masked(value: unknown, parent: string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, parent));
  if (!isPlain(value)) return value;
  const own = typeof value.path === 'string' && isSecretPath(value.path);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isHidden =
        SECRET_KEY.test(key) ||
        (VARIABLES.includes(parent) && isSecretName(key)) ||
        (parent !== 'sources' && isSecretPath(key)) ||
        (own && VALUE_FIELDS.includes(key));
      return [key, isHidden ? hidden(item) : masked(item, key)];
    }),
  );
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  return isPlain(value) || isHarmless(value) ? masked(value, '') : MASK;
}

function isSecretPath(path: string): boolean {
  return VARIABLES.some((map) => path.startsWith(`${map}.`) && isSecretName(path.slice(map.length + 1)));
}

function isHarmless(value: unknown): boolean {
  return value === undefined || value === null || value === '' || isSecretReference(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

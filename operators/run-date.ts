import { changeTemplate } from './template-parts.ts';

const LOGICAL = '(dag_run.logical_date or dag_run.run_after)';

/**
 * Names that Airflow defines only for runs with a logical date; a run that was started by hand may have none.
 * The right side works for both (https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html).
 */
const replacements: Readonly<Record<string, string>> = {
  ds: `${LOGICAL} | ds`,
  ds_nodash: `${LOGICAL} | ds_nodash`,
  ts: `${LOGICAL} | ts`,
  ts_nodash: `${LOGICAL} | ts_nodash`,
  ts_nodash_with_tz: `${LOGICAL} | ts_nodash_with_tz`,
  logical_date: LOGICAL,
  data_interval_start: '(dag_run.data_interval_start or dag_run.run_after)',
  data_interval_end: '(dag_run.data_interval_end or dag_run.run_after)',
};

/** A text about templates with the names that the user wrote, for what {@link withRunDate} made of them. */
export function withWrittenDates(text: string): string {
  const longestFirst = Object.entries(replacements).sort(([, a], [, b]) => b.length - a.length);
  return longestFirst.reduce(
    (known, [name, made]) => known.replaceAll(`(${made})`, name).replaceAll(made, name),
    text,
  );
}

const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|\d[\w.]*|\s+|[\s\S]/g;

/** Rewrites `{{ ds }}` and its kin to the form that also works for a run that was started by hand. */
export function withRunDate(text: string): string {
  return changeTemplate(text, { code: rewrite });
}

function rewrite(code: string): string {
  const tokens = code.match(TOKENS) ?? [];
  const alone = code.trim().replace(/^-|-$/g, '').trim();
  return tokens
    .map((token, index) => {
      const replacement = Object.hasOwn(replacements, token) ? replacements[token] : undefined;
      if (replacement === undefined || !isName(tokens, index)) return token;
      return alone === token || !replacement.includes('|') ? replacement : `(${replacement})`;
    })
    .join('');
}

/** A name that is read: no attribute, no filter, no keyword of a call, no key that is assigned. */
function isName(tokens: readonly string[], index: number): boolean {
  const before = tokens.slice(0, index).findLast((token) => token.trim() !== '');
  const [after, next] = tokens.slice(index + 1).filter((token) => token.trim() !== '');
  return before !== '.' && before !== '|' && (after !== '=' || next === '=');
}

import { findTagClashes, ownTagProblem, parseTag, SERVICE_TAG, tagLine, tagValue } from '../core/tags.ts';

/** A cluster takes 45 (https://docs.databricks.com/api/workspace/jobs/submit); Hermes and the policy need theirs. */
const MAX_OWN_TAGS = 30;

/** A mistake in a list of texts. */
export interface ListProblem {
  /** Which of them. */
  readonly index: number;
  readonly message: string;
}

/** Tags of a DAG that its tasks cannot carry, in the order in which they stand. Words without a colon are Airflow's only. */
export function findTagProblems(tags: readonly string[]): ListProblem[] {
  // Who writes down what Hermes adds anyway says nothing wrong.
  const isOurs = (text: string): boolean => text === tagLine(SERVICE_TAG);
  const refused = tags.flatMap((text, index) => {
    const message = isOurs(text) ? undefined : ownTagProblem(text);
    return message === undefined ? [] : [{ index, message }];
  });
  const bad = new Set(refused.map(({ index }) => index));
  const clashes = findTagClashes(tags).filter(({ index }) => !bad.has(index));
  const keyed = tags.flatMap((text, index) => (parseTag(text) === undefined ? [] : [index]));
  const tooMany = keyed.slice(MAX_OWN_TAGS).map((index) => ({
    index,
    message: `A DAG may have ${MAX_OWN_TAGS} tags of the form key:value, not ${keyed.length}: a cluster takes 45 with those of Hermes and the policy.`,
  }));
  return [...refused, ...clashes, ...tooMany.slice(0, 1)].sort((a, b) => a.index - b.index);
}

/** Ids that are different for Airflow and one for Datadog and the bill, where tags are in small letters. */
export function findIdClashes(kind: 'task' | 'dag', ids: readonly string[]): ListProblem[] {
  const seen = new Map<string, string>();
  return ids.flatMap((id, index) => {
    const value = tagValue(kind, id);
    const other = seen.get(value);
    if (other === undefined) seen.set(value, id);
    if (other === undefined || other === id) return [];
    const both = `${JSON.stringify(other)} and ${JSON.stringify(id)}`;
    const message = `The ${kind === 'dag' ? 'DAG' : 'task'} ids ${both} give one tag, ${kind}:${value}: metrics and costs could not be told apart. Rename one.`;
    return [{ index, message }];
  });
}

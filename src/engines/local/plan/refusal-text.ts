import { redactAttribute } from '../../../core/redaction.ts';
import { isHermesTag, ownTagProblem, parseTag } from '../../../core/tags.ts';
import { judge, type PolicyRule } from '../../../databricks/policy/policy-rule.ts';
import type { PolicyViolation } from '../../../databricks/policy/policy-violation.ts';
import { LOG_ACCESS, shown } from '../../../databricks/policy/policy-words.ts';

/** The operator whose options set nothing of a cluster but variables; others may set whatever they like. */
const FIXED_SHAPE = 'HermesOperator';
const OWNER = 'the platform team, which owns the policy,';

/**
 * `node_type_id = "m5.24xlarge" is refused: it must be one of …, says policy weather-dev. Take m5.large.`
 * The cure is one that the reader can carry out: an option of the task, a tag of the DAG, or whom to ask.
 * @param policy Its name. @param rule The one of the attribute, when the policy has one for it alone
 */
export function refusalText(
  violation: PolicyViolation,
  policy: string,
  rule: PolicyRule | undefined,
  operatorName: string | undefined,
): string {
  const { path, value, rule: words } = violation;
  const said =
    value === undefined
      ? `${path} ${words}, says policy ${policy}.`
      : `${path} = ${JSON.stringify(redactAttribute(path, value))} is refused: it ${words}, says policy ${policy}.`;
  return `${said} ${cureOf(violation, rule, operatorName === FIXED_SHAPE)}`;
}

function cureOf(
  { path, value, fix }: PolicyViolation,
  rule: PolicyRule | undefined,
  isFixedShape: boolean,
): string {
  if (path === LOG_ACCESS || fix.startsWith('Ask the platform team')) return fix;
  if (isSetByHermes(path)) return `Hermes sets it for every task: ask ${OWNER} to allow it.`;
  const option = optionFor(path, rule);
  if (option !== undefined)
    return value === undefined
      ? `Add ${option.text} to the ${option.place}.`
      : `${fix} It comes from ${option.place === 'DAG' ? 'the tags of the DAG' : 'env of the task'}.`;
  if (!isFixedShape) return fix;
  return value === undefined
    ? `No DAG file sets it: ask ${OWNER} to give it a defaultValue.`
    : `No DAG file sets it: ask ${OWNER} to allow it.`;
}

/** What a person writes for a cluster to have an attribute, with a value that passes where the rule names one. */
interface Option {
  /** `tags: ["cost_center:a"]` */
  readonly text: string;
  readonly place: 'task' | 'DAG';
}

/** The option that sets an attribute; undefined for what nobody but Hermes and the policy sets. */
export function optionFor(path: string, rule: PolicyRule | undefined): Option | undefined {
  if (isSetByHermes(path)) return undefined;
  const variable = /^spark_env_vars\.(\w+)$/.exec(path)?.[1];
  const example = exampleOf(rule);
  if (variable !== undefined)
    return {
      text: `env: { ${variable}: ${example === undefined ? '…' : shown(String(example))} }`,
      place: 'task',
    };
  const key = /^custom_tags\.(.*)$/s.exec(path)?.[1];
  if (key === undefined) return undefined;
  const line = `${key}:${example ?? 'x'}`;
  const tag = parseTag(line);
  const comesOut =
    tag?.key === key && tag.value === String(example ?? 'x') && ownTagProblem(line) === undefined;
  return comesOut ? { text: `tags: ["${key}:${example ?? '…'}"]`, place: 'DAG' } : undefined;
}

/** A value that the rule takes, where it names any. */
function exampleOf(rule: PolicyRule | undefined): PolicyRule['value'] {
  if (rule === undefined) return undefined;
  const named = rule.type === 'blocklist' ? [] : [rule.value, ...rule.values, rule.minValue, rule.maxValue];
  return named.find((value) => value !== undefined && judge(rule, value) !== 'refused');
}

/** Whether a policy path names what no option of a task changes. */
export function isSetByHermes(path: string): boolean {
  const tag = /^custom_tags\.(.*)$/s.exec(path)?.[1];
  if (tag !== undefined) return isHermesTag(tag);
  return /^(autoscale\.|spark_env_vars\.(HERMES_|DD_)|spark_conf\.spark\.databricks\.acl\.)/.test(path);
}

import type { Environment } from '../../config/environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { redactAttribute } from '../../core/redaction.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import { ATTRIBUTES } from '../../databricks/policy/attribute-table.ts';
import {
  flattenCluster,
  generalPath,
  type Scalar,
  withValues,
} from '../../databricks/policy/cluster-attributes.ts';
import { type EvaluatedCluster, evaluatePolicy } from '../../databricks/policy/evaluate-policy.ts';
import { findPathProblems } from '../../databricks/policy/find-policy-problems.ts';
import { rulesFor } from '../../databricks/policy/judge-cluster.ts';
import { parsePolicyDefinition } from '../../databricks/policy/parse-policy.ts';
import {
  judge,
  numberOf,
  type PolicyRule,
  type PolicyRules,
  type Verdict,
} from '../../databricks/policy/policy-rule.ts';
import type { PolicyViolation } from '../../databricks/policy/policy-violation.ts';
import { describeFix, describeRule, shown } from '../../databricks/policy/policy-words.ts';
import type { Cli } from '../cli.ts';
import { sampleCluster } from './team-policy.ts';
import { VIRTUAL_ATTRIBUTES } from './virtual-attribute.ts';

const LABEL = 10;

/**
 * Prints which rule of a policy speaks of an attribute, whether it takes a value, and what a cluster of Hermes has there.
 * @param attribute `num_workers`, or `num_workers=8`
 * @throws ConfigError when the policy is malformed, or no attribute can have such a path
 */
export function explainAttribute(
  io: Cli,
  environment: Environment,
  policy: ClusterPolicy,
  attribute: string,
): void {
  const { rules } = parsePolicyDefinition(policy.definition);
  if (rules === undefined) {
    throw new ConfigError(`Cannot explain policy ${policy.name}: its definition is malformed`, {
      code: 'HERMES_POLICY_MALFORMED',
      nextStep: `See what is wrong with it: hermes policy check ${environment.team} --env ${environment.name}`,
    });
  }
  const equals = attribute.indexOf('=');
  const path = equals < 0 ? attribute : attribute.slice(0, equals);
  const value = equals < 0 ? undefined : scalarOf(path, attribute.slice(equals + 1));
  const speaking = rulesFor(rules, path);
  requireAttribute(path, speaking);
  const sample = sampleCluster(environment, policy.policyId, rules, io.clock.now());
  const clashes = value === undefined ? [] : findClashes(sample, rules, path, value);
  const verdicts = value === undefined ? [] : speaking.map((rule) => judge(rule, value));
  if (clashes.length > 0) verdicts.push('refused');
  io.object({
    path,
    value: value ?? null,
    verdict: value === undefined ? null : worst(verdicts),
    rules: speaking,
    clashes,
    cluster: flattenCluster(sample.cluster).get(path) ?? null,
    source: sample.sources[path] ?? null,
  });
  const answer = value === undefined ? speaking.map(describeRule).join('\n') : worst(verdicts);
  if (io.quiet) io.result(answer === '' ? 'any value' : answer);
  io.print(headLine(io, path, value, verdicts, policy));
  for (const [label, text] of [
    ...facts(path, value, speaking, sample),
    ...clashes.map((one) => ['but', `${one.path} ${one.rule}. ${one.fix}`] as const),
  ])
    io.print(`  ${io.style('dim', label.padEnd(LABEL))}${printableLine(text)}`);
}

/** A value of the command line as a request would have it: `8` of a number of workers is no text. */
function scalarOf(path: string, text: string): Scalar {
  const kind = ATTRIBUTES.get(generalPath(path));
  if (kind === 'number') return numberOf(text) ?? text;
  return kind === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/** What the policy refuses of a cluster of Hermes once it has the value, beyond what the rules say of the value alone. */
function findClashes(
  { request, violations }: EvaluatedCluster,
  rules: PolicyRules,
  path: string,
  value: Scalar,
): readonly PolicyViolation[] {
  if (VIRTUAL_ATTRIBUTES.has(path)) return [];
  // A number of workers takes the place of the range that Hermes proposes, and the reverse.
  const other = path === 'num_workers' ? 'autoscale' : path.startsWith('autoscale.') ? 'num_workers' : '';
  const { [other]: _dropped, ...rest } = request;
  const wanted = withValues(rest, new Map([[path, value]]));
  const known = new Set(violations.map((one) => one.path));
  const isTold = rulesFor(rules, path).some((rule) => judge(rule, value) === 'refused');
  const found = evaluatePolicy(wanted, rules, { size: 'as asked' }).violations;
  return found.filter((one) => !known.has(one.path) && !(isTold && one.path === path));
}

/** A path that no rule names and no cluster can have is a slip, which must not read as "anything goes". */
function requireAttribute(path: string, speaking: readonly PolicyRule[]): void {
  const [problem] = findPathProblems(path, undefined);
  if (speaking.length > 0 || problem === undefined) return;
  const { message, hint, severity } = problem;
  const isGroup = [...ATTRIBUTES.keys()].some((name) => name.startsWith(`${path}.`));
  if (severity === 'warning' && hint === undefined && !isGroup) return;
  throw new ConfigError(`Cannot explain ${printableLine(path)}: ${printableLine(message)}`, {
    code: 'HERMES_UNKNOWN_ATTRIBUTE',
    ...(hint === undefined ? {} : { nextStep: hint }),
  });
}

function headLine(
  io: Cli,
  path: string,
  value: Scalar | undefined,
  verdicts: readonly Verdict[],
  { name }: ClusterPolicy,
): string {
  if (value === undefined) return `${io.style('bold', printableLine(path))} under policy ${name}`;
  const subject = printableLine(`${path} = ${shown(redactAttribute(path, value))}`);
  const words = {
    allowed: io.style('green', 'allowed'),
    refused: io.style('red', 'refused'),
    unknown: io.style('yellow', 'left to the workspace'),
  };
  return `${io.style('bold', subject)}: ${words[worst(verdicts)]} by policy ${name}`;
}

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('refused')) return 'refused';
  return verdicts.includes('unknown') ? 'unknown' : 'allowed';
}

function facts(
  path: string,
  value: Scalar | undefined,
  speaking: readonly PolicyRule[],
  { cluster, sources }: EvaluatedCluster,
): readonly (readonly [string, string])[] {
  const given = flattenCluster(cluster).get(path);
  const source = { policy: 'the policy', 'policy default': 'the policy, by default', request: 'Hermes' };
  return [
    ...(speaking.length === 0 ? [['rule', 'none: any value is allowed'] as const] : []),
    ...speaking.flatMap((rule) => ruleFacts(rule, path, value)),
    [
      'Hermes',
      VIRTUAL_ATTRIBUTES.get(path)?.given ??
        (given === undefined
          ? 'leaves it out, and a cluster has none'
          : `a cluster has ${shown(redactAttribute(path, given))}, from ${source[sources[path] ?? 'request']}`),
    ] as const,
  ];
}

function ruleFacts(
  rule: PolicyRule,
  path: string,
  value: Scalar | undefined,
): readonly (readonly [string, string])[] {
  const place = rule.path === path ? '' : ` (by ${rule.path})`;
  const virtual = VIRTUAL_ATTRIBUTES.get(rule.path);
  const isLimit = virtual === undefined && rule.type !== 'fixed' && rule.type !== 'forbidden';
  const presence = rule.isOptional ? 'may be left out' : 'must be present';
  const isRefused = value !== undefined && judge(rule, value) === 'refused';
  const fix = isRefused ? (virtual?.fix(rule) ?? describeFix(rule, value, true)) : '';
  return [
    ['rule', `${describeRule(rule)}${isLimit ? `, and ${presence}` : ''}${place}`] as const,
    ...(rule.defaultValue === undefined ? [] : [['default', shown(rule.defaultValue)] as const]),
    ...(fix === '' ? [] : [['instead', fix] as const]),
  ];
}

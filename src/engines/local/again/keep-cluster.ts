import type { JsonObject } from '../../../core/json.ts';
import { flattenCluster, type Scalar, withValues } from '../../../databricks/policy/cluster-attributes.ts';
import { type EvaluatedCluster, evaluatePolicy } from '../../../databricks/policy/evaluate-policy.ts';
import type { PolicyRules } from '../../../databricks/policy/policy-rule.ts';

/** A cluster that is to come out as it did before its policy changed, as far as the present policy lets it. */
export interface KeptCluster {
  /** Values that have to be sent, by policy path: the policy gave them, and leaves them open at present. */
  readonly sent: ReadonlyMap<string, Scalar>;
  /** What comes out otherwise all the same, by policy path. */
  readonly lost: readonly ClusterDifference[];
}

interface ClusterDifference {
  readonly path: string;
  readonly was: Scalar;
  /** Absent when the cluster would not have it. */
  readonly is?: Scalar;
}

/** What Databricks itself adds to a cluster, whatever the policy says. */
const ADDED =
  /^(cluster_name|aws_attributes\.(?!instance_profile_arn)|data_security_mode|enable_|azure_|gcp_)/;

/**
 * Compares what a policy gave a cluster with what the present policy would give it, and finds what may be sent to have
 * it as it was. What the policy fixes at present cannot be had otherwise. Pure.
 * @param before The cluster that the workspace had made
 * @param asked The cluster of the request at that time: its values are no matter of the policy
 */
export function keepCluster(
  before: JsonObject,
  asked: JsonObject,
  planned: EvaluatedCluster,
  rules: PolicyRules,
): KeptCluster {
  const given = new Map([...flattenCluster(before)].filter(([path]) => !flattenCluster(asked).has(path)));
  const open = differences(given, planned).filter((one) => mayBeSent(one, planned));
  let sent = new Map(open.map(({ path, was }) => [path, was]));
  let made = evaluate(planned, sent, rules);
  // What is refused is left as the present policy has it.
  while (sent.size > 0 && made.violations.length > planned.violations.length) {
    const refused = new Set(made.violations.map(({ path }) => path));
    const kept = new Map([...sent].filter(([path]) => !refused.has(path)));
    sent = kept.size === sent.size ? new Map() : kept;
    made = evaluate(planned, sent, rules);
  }
  return { sent, lost: differences(given, made) };
}

function evaluate(
  planned: EvaluatedCluster,
  sent: ReadonlyMap<string, Scalar>,
  rules: PolicyRules,
): EvaluatedCluster {
  if (sent.size === 0) return planned;
  return evaluatePolicy(withValues(planned.request, sent), rules, { size: 'as asked' });
}

/** Sizes belong together and are left to the policy; a text with a brace could be taken for a template. */
function mayBeSent({ path, was }: ClusterDifference, { sources }: EvaluatedCluster): boolean {
  return (
    sources[path] !== 'policy' && !/^(autoscale\.|num_workers$)/.test(path) && !String(was).includes('{')
  );
}

function differences(
  given: ReadonlyMap<string, Scalar>,
  { cluster, sources }: EvaluatedCluster,
): readonly ClusterDifference[] {
  const present = flattenCluster(cluster);
  return [...given].flatMap(([path, was]) => {
    const is = present.get(path);
    const isOther = String(is) !== String(was) && sources[path] !== 'request';
    return !isOther || (is === undefined && ADDED.test(path))
      ? []
      : [{ path, was, ...(is === undefined ? {} : { is }) }];
  });
}

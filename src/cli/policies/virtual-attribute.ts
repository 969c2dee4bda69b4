import { judge, type PolicyRule } from '../../databricks/policy/policy-rule.ts';
import { describeFix } from '../../databricks/policy/policy-words.ts';

/** What a person should know of an attribute that policies speak of and that no request holds. */
interface VirtualAttribute {
  /** What a cluster of Hermes has there. */
  readonly given: string;
  /** What to do about a value that the rule refuses. */
  readonly fix: (rule: PolicyRule) => string;
}

/** By policy path. https://docs.databricks.com/aws/en/admin/clusters/policy-definition#cluster-policy-virtual-attribute-paths */
export const VIRTUAL_ATTRIBUTES: ReadonlyMap<string, VirtualAttribute> = new Map<string, VirtualAttribute>([
  [
    'cluster_type',
    {
      given: 'a cluster is always a "job" cluster; no request says it',
      fix: (rule) =>
        judge(rule, 'job') === 'refused' ? describeFix(rule, 'job', true) : 'Nothing to do: "job" passes.',
    },
  ],
  [
    'dbus_per_hour',
    {
      given: 'no request says it: the workspace counts it from the machine and the most workers',
      fix: () => 'Ask the platform team for a smaller machine, fewer workers, or a higher limit.',
    },
  ],
]);

import type { Json } from '../../core/json.ts';

/** A value that a policy refuses, or the lack of one that it wants. */
export interface PolicyViolation {
  /** Policy path of the attribute: `spark_env_vars.MODE`. */
  readonly path: string;
  /** Absent when the attribute is. */
  readonly value?: Json;
  /** The rule in words: `is fixed to 2`. */
  readonly rule: string;
  /** Smallest edit of the request that passes: `Leave it out: the policy fills it in.` */
  readonly fix: string;
}

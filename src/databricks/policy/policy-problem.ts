/** Something wrong in a policy definition. */
export interface PolicyProblem {
  /** Where in the definition: the element's path and, inside of it, the key. Empty = the definition itself. */
  readonly path: readonly string[];
  /** `unusable`: no cluster can be made under the policy; `error`: it does not say what it means; `warning`: perhaps. */
  readonly severity: 'unusable' | 'error' | 'warning';
  /** What is wrong and what is allowed. */
  readonly message: string;
  readonly hint?: string;
}

import type { PolicyDocument, PolicyStatement } from '../../../src/github/aws/policy-document.ts';

/** What somebody asks AWS for. */
export interface Question {
  readonly action: string;
  /** ARN; absent for a question to a trust policy. */
  readonly resource?: string;
  /** Who asks, for a trust policy. */
  readonly principal?: string;
  /** What the request carries, by condition key. */
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Answers as IAM does for a policy that allows: one statement must match in all its parts. Knows the operators that
 * Hermes writes and no others.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function allows(policy: PolicyDocument, question: Question): boolean {
  return policy.Statement.some((statement) => matches(statement, question));
}

function matches(statement: PolicyStatement, { action, resource, principal, context }: Question): boolean {
  const { Action, Resource, Principal, Condition = {} } = statement;
  return (
    list(Action).includes(action) &&
    (resource === undefined || list(Resource).some((pattern) => isLike(pattern, resource))) &&
    (principal === undefined || Principal?.Federated === principal) &&
    Object.entries(Condition).every(([operator, wanted]) =>
      Object.entries(wanted).every(([key, value]) => holds(operator, value, context[key])),
    )
  );
}

function holds(operator: string, wanted: string, given: string | undefined): boolean {
  if (operator === 'Null') return (given === undefined) === (wanted === 'true');
  if (given === undefined) return false;
  if (operator === 'StringEquals') return given === wanted;
  if (operator === 'StringLike') return isLike(wanted, given);
  throw new Error(`the judge does not know ${operator}`);
}

/** `*` and `?` as IAM means them: also across `/` and `:`. */
function isLike(pattern: string, text: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '[\\s\\S]*';
    return part === '?' ? '[\\s\\S]' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(text);
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

import { RemoteError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import type { GitHub } from '../api/github-client.ts';

/** Why a part of a question has no answer (https://spec.graphql.org/October2021/#sec-Errors). */
export interface GraphqlError {
  /** `NOT_FOUND`, `FORBIDDEN`, … */
  readonly type?: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

/** What GitHub could answer, and why not the rest. */
export interface GraphqlAnswer<T> {
  readonly data: T | undefined;
  readonly errors: readonly GraphqlError[];
}

/**
 * Asks GitHub's GraphQL API. An answer in part is an answer.
 * @throws octokit's error when there is none; RemoteError when GitHub's limit of questions is reached
 */
export async function askGraphql<T>(
  github: GitHub,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<GraphqlAnswer<T>> {
  try {
    return { data: await github.graphql<T>(query, variables), errors: [] };
  } catch (error) {
    if (!hasErrors(error)) throw error;
    const { errors, data } = error;
    const limited = errors.find(({ type }) => type === 'RATE_LIMITED');
    if (limited !== undefined) throw limitReached(limited, error);
    return { data: (data ?? undefined) as T | undefined, errors };
  }
}

/** The reasons in one line. */
export function reasonsOf(errors: readonly GraphqlError[]): string {
  return printableLine([...new Set(errors.map(({ message }) => message))].join('; '));
}

/** Whether the server does not know a field: an older one. */
export function isUnknownField({ extensions, message }: GraphqlError): boolean {
  return (
    extensions?.code === 'undefinedField' ||
    /^(Field|Cannot query field) .*(doesn't exist|on type)/.test(message)
  );
}

function hasErrors(
  error: unknown,
): error is Error & { readonly errors: readonly GraphqlError[]; readonly data: unknown } {
  return error instanceof Error && error.name === 'GraphqlResponseError' && 'errors' in error;
}

function limitReached({ message }: GraphqlError, cause: unknown): RemoteError {
  return new RemoteError(`Cannot go on with GitHub: ${printableLine(message)}`, {
    code: 'HERMES_GITHUB_LIMIT',
    nextStep: 'Run the same command again in an hour: what is done stays done.',
    cause,
  });
}

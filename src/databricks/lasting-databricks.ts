import { ConnectionError } from '../core/errors.ts';
import type { Databricks } from './client.ts';

type Apis = Omit<Databricks, 'host'>;
type Method = (...words: readonly unknown[]) => Promise<unknown>;

/**
 * A workspace that is opened again when it does not answer: the embedded server may have been stopped, or killed,
 * between two calls. Every call that goes through it can be repeated: a submit carries its token.
 * @param reopen Makes sure that it runs, and answers a client of it.
 */
export function lastingDatabricks(first: Databricks, reopen: () => Promise<Databricks>): Databricks {
  let current = first;
  const lasting = async <T>(work: (databricks: Databricks) => Promise<T>): Promise<T> => {
    try {
      return await work(current);
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== 'HERMES_DATABRICKS_UNREACHABLE') throw error;
      current = await reopen();
      return work(current);
    }
  };
  const { host: _, ...apis } = first;
  const entries = Object.entries(apis).map(([name, api]) => {
    const call =
      (method: string) =>
      (...words: readonly unknown[]) =>
        lasting((databricks) => methodOf(databricks[name as keyof Apis], method)(...words));
    return [name, Object.fromEntries(Object.keys(api).map((method) => [method, call(method)]))];
  });
  return Object.defineProperty(Object.fromEntries(entries), 'host', {
    get: () => current.host,
    enumerable: true,
  }) as Databricks;
}

function methodOf(api: object, method: string): Method {
  return (api as Readonly<Record<string, Method>>)[method] as Method;
}

import { ConnectionError } from '../core/errors.ts';
import type { Databricks } from './client.ts';

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
  return {
    get host() {
      return current.host;
    },
    jobs: {
      submitRun: (body, signal) => lasting(({ jobs }) => jobs.submitRun(body, signal)),
      getRun: (runId, signal) => lasting(({ jobs }) => jobs.getRun(runId, signal)),
      getRunOutput: (runId, signal) => lasting(({ jobs }) => jobs.getRunOutput(runId, signal)),
      cancelRun: (runId, signal) => lasting(({ jobs }) => jobs.cancelRun(runId, signal)),
      listRuns: (query, signal) => lasting(({ jobs }) => jobs.listRuns(query, signal)),
    },
    policies: {
      getPolicy: (policyId, signal) => lasting(({ policies }) => policies.getPolicy(policyId, signal)),
      listPolicies: (signal) => lasting(({ policies }) => policies.listPolicies(signal)),
      createPolicy: (name, definition, signal) =>
        lasting(({ policies }) => policies.createPolicy(name, definition, signal)),
      editPolicy: (policy, signal) => lasting(({ policies }) => policies.editPolicy(policy, signal)),
      grantPolicyUse: (policyId, group, signal) =>
        lasting(({ policies }) => policies.grantPolicyUse(policyId, group, signal)),
    },
  };
}

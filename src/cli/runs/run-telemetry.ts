import type { Environment } from '../../config/environment.ts';
import { measureRuns } from '../../engines/local/measure-run.ts';
import type { RunEvent } from '../../engines/local/record/run-event.ts';
import { findAgent } from '../../telemetry/agent-address.ts';
import { openStatsd } from '../../telemetry/statsd.ts';
import type { Cli } from '../cli.ts';

/** Where the events of a run go beside the screen. */
export interface RunTelemetry {
  readonly onEvent: (event: RunEvent) => void;
  /** Sends what is left, within a second. */
  close(): Promise<void>;
}

/**
 * Metrics for the Datadog agent that the environment names (`DD_AGENT_HOST`, `DD_DOGSTATSD_URL`); without one, nothing.
 * A run never waits or fails for it.
 */
export function openRunTelemetry(cli: Cli, environments: readonly Environment[]): RunTelemetry {
  const { address, problem } = findAgent(cli.env);
  if (problem !== undefined) cli.note(`No metrics are sent: ${problem}`);
  if (address === undefined) return { onEvent: () => undefined, close: async () => undefined };
  const onUnusable = (reason: string): void => cli.note(`No metrics are sent: ${reason}`);
  const statsd = openStatsd(address, { clock: cli.clock, onUnusable });
  const tags = new Map(environments.map(({ team, teamVariable }) => [team, teamVariable.datadog.tags]));
  return {
    onEvent: measureRuns(statsd, (team) => tags.get(team) ?? []),
    close: () => statsd.close(),
  };
}

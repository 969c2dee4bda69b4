import type { Clock } from '../core/clock.ts';
import type { AgentAddress } from './agent-address.ts';
import { type AgentTransport, openTransport } from './agent-transport.ts';
import { eventLine, type Metric, metricLine, type StatsdEvent } from './statsd-line.ts';

/** Sends metrics and events to a Datadog agent. Nothing here waits, throws or keeps a process alive, but `close`. */
export interface Statsd {
  metric(metric: Metric): void;
  event(event: StatsdEvent): void;
  /** Sends what is left, for at most a second. */
  close(): Promise<void>;
}

export interface StatsdOptions {
  readonly clock: Clock;
  /** Hears, at most once, why this installation cannot speak with such an agent. That nobody listens is no reason. */
  readonly onUnusable: (reason: string) => void;
}

/** What fits into one Ethernet packet: larger UDP datagrams are lost whole when a part of them is. */
const MAX_DATAGRAM_BYTES = 1432;
/** Lines that come together go together. */
const FLUSH_MS = 500;
const CLOSE_LIMIT_MS = 1_000;

/** A sender to one agent; the connection is made when there is something to send. */
export function openStatsd(address: AgentAddress, { clock, onUnusable }: StatsdOptions): Statsd {
  const packer = datagramPacker();
  let transport: Promise<AgentTransport | undefined> | undefined;
  let sending: Promise<void> = Promise.resolve();

  const send = (datagram: Buffer | undefined): void => {
    if (datagram === undefined) return;
    transport ??= openTransport(address).catch((error: unknown) => {
      onUnusable(error instanceof Error ? error.message : String(error));
      return undefined;
    });
    const opened = transport;
    // An agent that is not there is no trouble of the run.
    sending = sending.then(async () => (await opened)?.send(datagram)).catch(() => undefined);
  };
  let flushing: AbortController | undefined;
  const flush = (): void => {
    flushing?.abort();
    flushing = undefined;
    send(packer.rest());
  };
  const add = (line: string): void => {
    send(packer.add(line));
    if (flushing !== undefined) return;
    flushing = new AbortController();
    clock.sleep(FLUSH_MS, flushing.signal).then(flush, () => undefined);
  };

  return {
    metric: (metric) => add(metricLine(metric)),
    event: (event) => add(eventLine(event, MAX_DATAGRAM_BYTES)),
    close: async () => {
      flush();
      const limit = new AbortController();
      await Promise.race([sending, clock.sleep(CLOSE_LIMIT_MS, limit.signal).catch(() => undefined)]);
      limit.abort();
      (await transport)?.close();
    },
  };
}

/** Joins lines to datagrams as full as they may be. */
export function datagramPacker(maxBytes = MAX_DATAGRAM_BYTES) {
  let lines: string[] = [];
  let bytes = 0;
  const rest = (): Buffer | undefined => {
    const datagram = lines.length === 0 ? undefined : Buffer.from(lines.join('\n'));
    lines = [];
    bytes = 0;
    return datagram;
  };
  return {
    /** Answers the datagram that is full when the line no longer fits into it. */
    add: (line: string): Buffer | undefined => {
      const length = Buffer.byteLength(line);
      const full = lines.length > 0 && bytes + 1 + length > maxBytes ? rest() : undefined;
      bytes += length + (lines.length === 0 ? 0 : 1);
      lines.push(line);
      return full;
    },
    rest,
  };
}

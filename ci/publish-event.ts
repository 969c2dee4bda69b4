import type { PreparingEvent } from './bench.ts';

/** What a publish tells while it works: one line for a person, one object with `--json`. */
export type PublishEvent =
  | DecisionEvent
  | TestsEvent
  | WheelEvent
  | PublishedEvent
  | SkippedEvent
  | IncompleteEvent
  | PreparingEvent;

interface DecisionEvent {
  readonly event: 'decision';
  readonly team: string;
  readonly kind: 'release' | 'feature' | 'nothing';
  readonly reason: string;
  readonly branch?: string;
  readonly commit?: string;
  /** Where it goes, in this order. */
  readonly environments: readonly string[];
}

export interface TestsEvent {
  readonly event: 'tests';
  readonly project: string;
  /** As far as it is known before the build. */
  readonly version?: string;
  readonly status: 'passed' | 'failed' | 'none';
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** True when `hermes test` ran them on this very content before. */
  readonly remembered: boolean;
  /** What pytest printed, when something failed. */
  readonly output?: string;
}

interface WheelEvent {
  readonly event: 'wheel';
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly seconds: number;
}

export interface PublishedEvent {
  /** `planned`: with `--dry-run`, what would be written. */
  readonly event: 'published' | 'planned';
  readonly project: string;
  readonly version: string;
  readonly environment: string;
  /** Folder of the version in the store. */
  readonly url: string;
  /** Files of the project that this run wrote; the manifest and what Hermes adds are not counted. */
  readonly uploaded: number;
  readonly pointer:
    | { readonly moved: true; readonly from?: string; readonly to: string }
    | { readonly moved: false; readonly reason: string };
}

interface SkippedEvent {
  readonly event: 'skipped';
  readonly project: string;
  readonly version?: string;
  readonly environment?: string;
  /** A module that is no script. */
  readonly file?: string;
  readonly reason: string;
}

/** One environment has the version, the next has not: running the same command again completes it. */
interface IncompleteEvent {
  readonly event: 'incomplete';
  readonly project: string;
  readonly version: string;
  readonly published: readonly string[];
  readonly missing: readonly string[];
}

export type Report = (event: PublishEvent) => void;

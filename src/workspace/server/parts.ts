import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Compute } from '../compute/compute.ts';
import type { Identity } from '../identity/users.ts';
import type { ArtifactCatalog } from '../pages/artifact-catalog.ts';
import type { Scheduler } from '../scheduling/scheduler.ts';
import type { SqlService } from '../sql/sql-service.ts';

/** What the routes of a running workspace share. */
export interface WorkspaceParts extends Compute {
  readonly scheduler: Scheduler;
  readonly sql: SqlService;
  /** What the pages show of published artifacts. */
  readonly artifacts: ArtifactCatalog;
  /** Whether limiting policy rules require their attribute; see `evaluatePolicy`. */
  readonly limitsRequire: boolean;
  /** The workspace id that replies name. */
  readonly workspaceId: string;
}

/** What the middleware leaves for the handlers of a request. */
interface RequestState {
  readonly who: Identity;
  /** Nonce of the page's style and script. */
  readonly nonce: string;
  /** Name of the scenario that is being played. */
  readonly scenario?: string;
}

/** The types of our Hono apps. */
export interface AppTypes {
  Variables: RequestState;
  Bindings: { incoming?: IncomingMessage; outgoing?: ServerResponse };
}

import { parseJson } from '../../core/json.ts';
import type { PlannedTask } from './task-request.ts';
import type { TaskWork } from './task-work.ts';

/** What databases hold of tasks that could only be scripts with wheels. */
interface StoredScript {
  readonly pythonFile: string;
  readonly parameters: readonly string[];
  readonly wheels: readonly string[];
}

/** Reads a task as a database holds it, whichever release of the workspace wrote it. */
export function readPlannedTask(text: string): PlannedTask {
  const stored = parseJson(text) as unknown as PlannedTask | (PlannedTask & StoredScript);
  if (!('pythonFile' in stored)) return stored;
  const { pythonFile, parameters, wheels, ...rest } = stored;
  const work: TaskWork = { kind: 'script', file: pythonFile, parameters };
  const libraries = wheels.map((location) => ({ kind: 'whl', location }) as const);
  return { ...rest, runIf: 'ALL_SUCCESS', isServerless: false, work, libraries };
}

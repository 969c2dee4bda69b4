import { existsSync } from 'node:fs';
import { findInterpreter, type Interpreter } from '../../core/python.ts';

/** Makes a function that answers the machine's Python: looks it up once, and again when the file has gone. */
export function pythonFinder(environment: NodeJS.ProcessEnv): () => Promise<Interpreter> {
  let known: Interpreter | undefined;
  return async () => {
    if (known === undefined || !existsSync(known.executable))
      known = await findInterpreter({ env: environment });
    return known;
  };
}

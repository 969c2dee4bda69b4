import { resolve } from 'node:path';

/** The file that `doc` of a DAG names: it does when it is one line that ends in `.md`. Else it is the text itself. */
export function documentationFile(doc: string, dagFile: string): string | undefined {
  return /^\S[^\n]*\.md$/.test(doc) ? resolve(dagFile, '..', doc) : undefined;
}

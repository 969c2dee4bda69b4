import { readSourceFile } from '../core/file-trouble.ts';
import { ProblemsError } from '../core/problems.ts';
import { parseYaml, type SourceDocument } from '../core/source-document.ts';

/**
 * The first document of a YAML file that a user wrote.
 * @param shown The file as he would type it.
 * @throws ProblemsError with every mistake in its syntax, when it is empty, and when the system refuses it
 */
export function readYaml(path: string, shown: string): SourceDocument {
  const { documents, problems } = parseYaml(shown, readSourceFile(path, shown));
  if (problems.length > 0) throw new ProblemsError(problems);
  const [document] = documents;
  if (document === undefined)
    throw new ProblemsError([{ file: shown, line: 1, column: 1, message: 'The file is empty.' }]);
  return document;
}

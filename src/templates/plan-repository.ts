import { type Answers, checkAnswers, type TemplateKind } from './answers.ts';
import { type RenderedFile, renderTemplate } from './render-template.ts';
import { readTemplate } from './template-files.ts';
import { createRecord, renderRecord } from './template-record.ts';

/**
 * Every file of a repository to be, the record of its template last.
 * @throws ConfigError when an answer would not survive in YAML, TOML, shell or Python.
 */
export function planRepository(kind: TemplateKind, answers: Answers): RenderedFile[] {
  checkAnswers(answers);
  const files = renderTemplate(readTemplate(kind), answers);
  return [...files, renderRecord(createRecord(kind, answers, files))];
}

import { checkAnswers, type ProjectAnswers } from './answers.ts';
import { type RenderedFile, renderTemplate } from './render-template.ts';
import { readTemplate } from './template-files.ts';

const PROJECT_FOLDER = '{{project}}/';

/**
 * Every file of a project to be: the sample of a product repository under another name. Paths begin with the name.
 * @throws ConfigError when the name would not survive in TOML, S3 keys or Python
 */
export function planProject(answers: ProjectAnswers): RenderedFile[] {
  checkAnswers(answers);
  const files = readTemplate('product').filter((file) => file.path.startsWith(PROJECT_FOLDER));
  return renderTemplate(files, answers);
}

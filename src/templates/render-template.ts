import { hermesVersion } from '../core/package-root.ts';
import type { Answers, ProjectAnswers } from './answers.ts';
import { renderText, yamlName } from './render-text.ts';
import type { TemplateFile } from './template-files.ts';

/** One file of a repository to be. */
export interface RenderedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable: boolean;
}

const RENDERED = '.hbs';

/**
 * Renders a template. Pure and deterministic: same files and answers, same bytes.
 * Only files ending in `.hbs` are rendered; every path may hold `{{name}}`.
 * An answer that a template asks for and nobody gave is an error.
 */
export function renderTemplate(
  files: readonly TemplateFile[],
  answers: Answers | ProjectAnswers,
): RenderedFile[] {
  const values = templateValues(answers);
  return files.map((file) => {
    const path = renderText(file.path, values);
    if (!file.path.endsWith(RENDERED)) return { ...file, path };
    const bytes = Buffer.from(renderText(file.bytes.toString(), values));
    return { ...file, path: path.slice(0, -RENDERED.length), bytes };
  });
}

/** What templates may say between braces: the answers and what follows from them. */
export function templateValues(answers: Answers | ProjectAnswers): Readonly<Record<string, string>> {
  const [major, minor] = hermesVersion.split('.');
  const codeOwner = 'codeOwner' in answers ? answers.codeOwner : undefined;
  return {
    ...answers,
    codeOwner: codeOwner ?? answers.authorEmail,
    codeOwnerHint:
      codeOwner === undefined
        ? `A team on GitHub is named so: @your-organisation/${answers.team}`
        : 'For one folder a line below may name another team, which then counts in its place.',
    stores: storesText('stores' in answers ? (answers.stores ?? {}) : {}),
    /** Python module of the project. */
    module: answers.project.replaceAll('-', '_'),
    /** Team as a part of a DAG id and of the name of its variable. */
    teamVariable: answers.team.replaceAll('-', '_'),
    dagId: `${answers.team}_${answers.project}`.replaceAll('-', '_'),
    /** The release of Hermes that CI begins with. */
    hermesVersion,
    /** npm range of the versions of Hermes that may work on the repository. */
    hermesRange: `^${major}.${minor}`,
  };
}

/** The section of `hermes.yaml`; as a hint where nothing is known. */
function storesText(stores: Readonly<Record<string, string>>): string {
  const entries = Object.entries(stores).map(
    ([environment, url]) => `  ${yamlName(environment)}: ${JSON.stringify(url)}`,
  );
  if (entries.length > 0) return ['artifacts:', ...entries].join('\n');
  return '# artifacts:\n#   dev: s3://acme-hermes-dev\n#   prod: s3://acme-hermes-prod';
}

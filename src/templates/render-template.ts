import type HandlebarsTypes from 'handlebars';
import Handlebars from 'handlebars/dist/handlebars.min.js';
import { hermesVersion } from '../core/package-root.ts';
import type { Answers, ProjectAnswers } from './answers.ts';
import type { TemplateFile } from './template-files.ts';

/** One file of a repository to be. */
export interface RenderedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable: boolean;
}

const RENDERED = '.hbs';
// All files are compiled as one text, which takes half the time. No template holds it, and no answer may.
const SEPARATOR = '\u001e';

/**
 * Renders a template. Pure and deterministic: same files and answers, same bytes.
 * Only files ending in `.hbs` are rendered; every path may hold `{{name}}`.
 * An answer that a template asks for and nobody gave is an error (strict mode).
 */
export function renderTemplate(
  files: readonly TemplateFile[],
  answers: Answers | ProjectAnswers,
): RenderedFile[] {
  const texts = files.flatMap((file) => [file.path, isRendered(file) ? file.bytes.toString() : '']);
  const options = { noEscape: true, strict: true, knownHelpersOnly: true, knownHelpers };
  const render = createEngine().compile(texts.join(SEPARATOR), options);
  const rendered = render(templateValues(answers)).split(SEPARATOR);
  return files.map((file, index) => {
    const path = rendered[2 * index] ?? '';
    if (!isRendered(file)) return { ...file, path };
    const bytes = Buffer.from(rendered[2 * index + 1] ?? '');
    return { ...file, path: path.slice(0, -RENDERED.length), bytes };
  });
}

function isRendered(file: TemplateFile): boolean {
  return file.path.endsWith(RENDERED);
}

const knownHelpers = { json: true, yaml: true, raw: true };
// A plain name that YAML, or a reader of YAML 1.1, takes for something else.
const YAML_WORD = /^(null|true|false|yes|no|on|off|y|n)$/;

/**
 * Handlebars with three helpers: `json` quotes a text for JSON, YAML and TOML; `yaml` writes a name, in quotes only
 * where YAML needs them; `raw` keeps the `{{ }}` of others.
 */
function createEngine(): typeof HandlebarsTypes {
  const engine = Handlebars.create();
  engine.registerHelper('json', (value: string) => JSON.stringify(value));
  engine.registerHelper('yaml', (name: string) => (YAML_WORD.test(name) ? JSON.stringify(name) : name));
  engine.registerHelper('raw', function (this: unknown, options: HandlebarsTypes.HelperOptions) {
    return options.fn(this);
  });
  return engine;
}

/** What templates may say between braces: the answers and what follows from them. */
function templateValues(answers: Answers | ProjectAnswers): Readonly<Record<string, string>> {
  const [major, minor] = hermesVersion.split('.');
  return {
    ...answers,
    codeOwner: ('codeOwner' in answers ? answers.codeOwner : undefined) ?? answers.authorEmail,
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

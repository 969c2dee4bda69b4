import { storeUrlProblem } from '../config/store-url.ts';
import { ConfigError } from '../core/errors.ts';
import { projectNameProblem, repositoryNameProblem, teamNameProblem } from '../core/names.ts';
import { printableLine } from '../core/printable.ts';

/** The kinds of repository; each is a folder of `repo-template/`. */
export const templateKinds = ['product', 'airflow'] as const;
export type TemplateKind = (typeof templateKinds)[number];

/** Name of the project that every product repository starts with. */
export const SAMPLE_PROJECT = 'helloworld';

/** What a project needs to know. */
export interface ProjectAnswers {
  readonly team: string;
  readonly project: string;
  readonly authorName: string;
  readonly authorEmail: string;
}

/** Everything that a template may ask; kept in `.hermes/template.json`. `project` is the sample's name. */
export interface Answers extends ProjectAnswers {
  /** Name of the repository. */
  readonly name: string;
  /** Whom CODEOWNERS names: `@acme/weather`. Without it the author, by his address. */
  readonly codeOwner?: string | undefined;
  /** Artifact store of each environment, for `hermes.yaml`. Without it a hint stands there. */
  readonly stores?: Readonly<Record<string, string>> | undefined;
}

/** Slug of the team on GitHub that owns the code; undefined where a person does. */
export function owningTeam({ codeOwner = '' }: Answers): string | undefined {
  return /^@[^/]+\/(.+)$/.exec(codeOwner)?.[1];
}

const MAX_AUTHOR_LENGTH = 100;
// Control characters (they end lines in TOML and YAML) and what hides or turns text. Names in Persian or in scripts of
// India need the two joiners between letters.
const UNPRINTABLE = /(?!(?<=[\p{L}\p{M}])[\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u;
const EMAIL = /^[^\s@<>()[\]\\,;:"#]+@[^\s@<>()[\]\\,;:"#]+$/u;

/**
 * Checks answers before anything is rendered: they end up in YAML, TOML, shell, S3 keys and Python modules.
 * @throws ConfigError `HERMES_BAD_NAME` or `HERMES_BAD_AUTHOR`
 */
export function checkAnswers(answers: Answers | ProjectAnswers): void {
  const problem =
    ('name' in answers ? repositoryNameProblem(answers.name) : undefined) ??
    teamNameProblem(answers.team) ??
    projectNameProblem(answers.project);
  if (problem !== undefined) throw new ConfigError(problem, { code: 'HERMES_BAD_NAME' });
  if ('codeOwner' in answers) checkCodeOwner(answers.codeOwner);
  if ('stores' in answers) checkStores(answers.stores ?? {});
  checkAuthor('name', answers.authorName, authorNameProblem(answers.authorName));
  checkAuthor('email', answers.authorEmail, authorEmailProblem(answers.authorEmail));
}

// A user, or a team of an organisation (https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners).
const CODE_OWNER = /^@[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9_])?(?:\/[a-z0-9_-]{1,100})?$/i;

function checkCodeOwner(owner: string | undefined): void {
  if (owner === undefined || CODE_OWNER.test(owner)) return;
  throw new ConfigError(
    `Cannot use the code owner ${shown(owner)}: it is neither @user nor @organisation/team.`,
    { code: 'HERMES_BAD_NAME' },
  );
}

function checkStores(stores: Readonly<Record<string, string>>): void {
  for (const [environment, url] of Object.entries(stores)) {
    const problem = /^[a-z][a-z0-9_-]*$/.test(environment)
      ? (storeUrlProblem(url) ?? textProblem(url))
      : 'an environment is named in lower-case letters, as dev or prod.';
    if (problem !== undefined)
      throw new ConfigError(
        `Cannot use the artifact store of ${shown(environment)}: ${printableLine(problem)}`,
        {
          code: 'HERMES_BAD_NAME',
        },
      );
  }
}

function authorNameProblem(name: string): string | undefined {
  return textProblem(name);
}

function authorEmailProblem(email: string): string | undefined {
  return textProblem(email) ?? (EMAIL.test(email) ? undefined : 'it is not an e-mail address.');
}

function textProblem(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty.';
  if (text.length > MAX_AUTHOR_LENGTH)
    return `it has ${text.length} characters; at most ${MAX_AUTHOR_LENGTH}.`;
  if (!text.isWellFormed() || UNPRINTABLE.test(text)) return 'it holds characters that cannot be printed.';
  return undefined;
}

function checkAuthor(part: 'name' | 'email', value: string, problem: string | undefined): void {
  if (problem === undefined) return;
  throw new ConfigError(`Cannot use the author's ${part} ${shown(value)}: ${problem}`, {
    code: 'HERMES_BAD_AUTHOR',
    nextStep: `Set it with: git config --global user.${part} "…"`,
  });
}

function shown(text: string): string {
  return printableLine(JSON.stringify(text.slice(0, 120)));
}

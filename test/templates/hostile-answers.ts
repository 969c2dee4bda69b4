import fc from 'fast-check';
import { type Answers, checkAnswers, type TemplateKind } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { RECORD_PATH } from '../../src/templates/template-record.ts';

/** Answers that mean nothing to anybody, each recognised wherever it lands. */
export const PLAIN: Answers = {
  name: 'q-name',
  team: 'q-team',
  project: 'q-project',
  authorName: 'Q. Author',
  authorEmail: 'q.author@example.com',
  codeOwner: '@q-org/q-group',
};

const DOLLAR = '$';
/** Texts that some reader takes for something else than a text, or for its own syntax. */
const TRICKS = [
  ...[
    'null',
    '~',
    'true',
    'no',
    'on',
    'y',
    '0',
    '1e3',
    '0x1f',
    '1_000',
    '12:30',
    '2026-01-01',
    '.inf',
    'nan',
    '=',
  ],
  ...[
    '-',
    '- x',
    '--help',
    '%',
    '%TAG',
    '@x',
    '`id`',
    '!!str',
    '&a',
    '*a',
    '|',
    '>',
    '[x',
    '{x',
    '# x',
    ': x',
    'x: ',
  ],
  ...[
    '{{name}}',
    '{{{{raw}}}}',
    `${DOLLAR}{{ github.token }}`,
    '$(id)',
    `${DOLLAR}{IFS}`,
    '$HOME',
    '\\',
    '\\n',
    '\\u0000',
    "'''",
    '"""',
  ],
  ...[
    '"',
    "'",
    "'\"'",
    '";id;"',
    '</script>',
    '<!-- -->',
    '*/',
    '//',
    ';',
    '|| true',
    'EOF',
    '..',
    '%0a',
    '::set-env::',
  ],
  ...[
    '\n',
    'a\nb: c',
    '\r',
    '\t',
    '\0',
    '\u001e',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u200b',
    '\u202ea',
    '\u200fx',
    '\ud800',
  ],
  ...[
    'ａｎａ',
    'аna',
    'é',
    'e\u0301',
    '٣',
    '＄（id）',
    '＂',
    '：',
    '－',
    '🌦️',
    '\u{10ffff}',
    '\ufffe',
    ' x',
    'x ',
    ' ',
  ],
  ...[
    'no',
    'yes_no',
    'null-null',
    'e1',
    'e',
    'import',
    'class',
    'test',
    'con',
    'nul',
    'x'.repeat(50),
    'x'.repeat(100),
  ],
];

const trick = fc.constantFrom(...TRICKS);
const text = fc.oneof(
  trick,
  fc.array(trick, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}([_-][a-z0-9]{1,8}){0,2}$/);
const yamlWord = fc.constantFrom(
  'null',
  'true',
  'false',
  'yes',
  'no',
  'on',
  'off',
  'y',
  'n',
  'e',
  'e1',
  'nan',
  'inf',
);
const name = fc.oneof({ weight: 3, arbitrary: word }, { weight: 3, arbitrary: yamlWord }, text);
const email = fc.oneof(
  fc.emailAddress({ size: 'small' }),
  fc.tuple(text, text).map(([user, host]) => `${user}@${host}`),
  fc.constantFrom(
    "o'neil+x@ñandú.example",
    'a+b$(id)@x.y',
    '%@x',
    '*@x',
    '!a@x',
    '-@x',
    '{{team}}@x',
    `${DOLLAR}{{x}}@x`,
    '`a`@x',
  ),
);
const owner = fc.oneof(fc.constantFrom(undefined, '@acme/weather', '@ana', '@a/b-c_d'), text);

const store = fc.oneof(
  fc.constantFrom(
    "s3://acme-dev/it's(a*key)!",
    's3://acme-dev',
    'file:///tmp/{{team}}',
    'file:///a b: c - "d"\\',
  ),
  text.map((path) => `s3://acme/${path}`),
  text.map((path) => `file:///${path}`),
);

/** Any answers, most of them acceptable in all but one place. */
export const anyAnswers: fc.Arbitrary<Answers> = fc.record({
  name,
  team: name,
  project: name,
  authorName: fc.oneof(fc.constant('Ana López'), text),
  authorEmail: email,
  codeOwner: owner,
  stores: fc.option(
    fc.dictionary(fc.oneof(fc.constantFrom('dev', 'prod', 'no', 'y'), name), store, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    {
      nil: undefined,
    },
  ),
});

/** Why answers are refused; undefined when they are not. */
export function refusalOf(answers: Answers): Error | undefined {
  try {
    checkAnswers(answers);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Answers that Hermes takes. */
export const takenAnswers: fc.Arbitrary<Answers> = anyAnswers
  .map(({ name, team, project, ...rest }) => {
    // The names are the narrowest gate: behind it the others are tried, too.
    const orElse = (given: string, other: string) =>
      refusalOf({ ...PLAIN, name: given, team: given, project: given }) === undefined ? given : other;
    const names = { name: orElse(name, 'no'), team: orElse(team, 'null'), project: orElse(project, 'y') };
    const isStore = refusalOf({ ...PLAIN, stores: rest.stores }) === undefined;
    const stores = isStore ? rest.stores : { no: "s3://acme-dev/it's(a*key)!" };
    const fair = { ...rest, ...names, stores };
    return refusalOf({ ...fair, codeOwner: undefined }) === undefined ? fair : { ...PLAIN, ...names, stores };
  })
  .filter((answers) => refusalOf(answers) === undefined);

/** The files of a repository by their paths, without the record: that holds hashes of the others. */
export function renderedTexts(kind: TemplateKind, answers: Answers): Map<string, string> {
  const files = planRepository(kind, answers).filter(({ path }) => path !== RECORD_PATH);
  return new Map(files.map(({ path, bytes }) => [path, bytes.toString()]));
}

const PLACES = /q-name|q-team|q_team|q-project|q_project|Q\. Author|q\.author@example\.com|@q-org\/q-group/g;

/** A text that was rendered with {@link PLAIN}, with other answers in their places. */
export function inPlace(text: string, answers: Answers): string {
  const underscored = (given: string): string => given.replaceAll('-', '_');
  const values: Readonly<Record<string, string>> = {
    'q-name': answers.name,
    'q-team': answers.team,
    q_team: underscored(answers.team),
    'q-project': answers.project,
    q_project: underscored(answers.project),
    'Q. Author': answers.authorName,
    'q.author@example.com': answers.authorEmail,
    '@q-org/q-group': answers.codeOwner ?? answers.authorEmail,
  };
  return text.replace(PLACES, (place) => values[place] ?? '');
}

/** The same for everything in a parsed document, its keys too. */
export function inPlaceDeep(value: unknown, answers: Answers): unknown {
  if (typeof value === 'string') return inPlace(value, answers);
  if (Array.isArray(value)) return value.map((item) => inPlaceDeep(item, answers));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [inPlace(key, answers), inPlaceDeep(item, answers)]),
  );
}

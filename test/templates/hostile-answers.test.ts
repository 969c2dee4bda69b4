import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { type Answers, templateKinds } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import {
  anyAnswers,
  inPlace,
  inPlaceDeep,
  PLAIN,
  refusalOf,
  renderedTexts,
  takenAnswers,
} from './hostile-answers.ts';

type Parse = (text: string) => unknown;

const READERS: readonly (readonly [RegExp, Parse])[] = [
  [/\.ya?ml$/, (text) => [parseYaml(text), parseYaml(text, { version: '1.1' })]],
  [/\.toml$/, (text) => JSON.parse(JSON.stringify(parseToml(text)))],
  [/\.json$/, (text) => JSON.parse(text)],
];

describe('any answers that Hermes takes', () => {
  for (const kind of templateKinds) {
    it(`stand in each file of kind ${kind} as a value, and change nothing else`, () => {
      fc.assert(
        fc.property(takenAnswers, (answers) => {
          const owner = answers.codeOwner === undefined ? { codeOwner: undefined } : {};
          const plain = renderedTexts(kind, { ...PLAIN, ...owner, stores: answers.stores });
          const rendered = renderedTexts(kind, answers);
          const { artifacts } = parseYaml(rendered.get('hermes.yaml') ?? '');
          const isTold = kind === 'product' && Object.keys(answers.stores ?? {}).length > 0;
          assert.deepEqual(artifacts, isTold ? answers.stores : undefined);
          const paths = [...plain.keys()].map((path) => inPlace(path, answers));
          assert.deepEqual([...rendered.keys()], paths);
          for (const [path, text] of plain) {
            const given = rendered.get(inPlace(path, answers)) ?? assert.fail(path);
            const parse = READERS.find(([pattern]) => pattern.test(path))?.[1];
            if (parse === undefined) assert.equal(given, inPlace(text, answers), path);
            else assert.deepEqual(parse(given), inPlaceDeep(parse(text), answers), path);
            assert.equal(given.split(/\r\n|[\n\r\u2028\u2029\u0085]/).length, text.split('\n').length, path);
          }
        }),
        { numRuns: 20 },
      );
    });

    it(`are in the record of kind ${kind} as they were given`, () => {
      fc.assert(
        fc.property(takenAnswers, (answers) => {
          const record = planRepository(kind, answers).find(({ path }) => path === '.hermes/template.json');
          const expected = JSON.parse(JSON.stringify(answers));
          assert.deepEqual(JSON.parse(record?.bytes.toString() ?? '').answers, expected);
        }),
        { numRuns: 30 },
      );
    });
  }
});

describe('names of people', () => {
  it('may have joiners between letters, as Persian and the scripts of India write them, and nowhere else', () => {
    for (const authorName of ['\u0639\u0644\u06cc\u200c\u0631\u0636\u0627', '\u0915\u094d\u200d\u0937'])
      assert.equal(refusalOf({ ...PLAIN, authorName }), undefined);
    for (const authorName of ['\u200dana', 'ana \u200cb', '$\u200c('])
      assert.match(
        refusalOf({ ...PLAIN, authorName })?.message ?? '',
        /<U\+200[CD]>.*": it holds characters that cannot be printed\.$/,
      );
  });
});

describe('any other answers', () => {
  it('are refused by a plan as by the check, before there is any file', () => {
    fc.assert(
      fc.property(anyAnswers, fc.constantFrom(...templateKinds), (answers, kind) => {
        const refusal = refusalOf(answers);
        fc.pre(refusal !== undefined);
        const { code } = refusal as Error & { code?: string };
        assert.ok(code === 'HERMES_BAD_NAME' || code === 'HERMES_BAD_AUTHOR', String(refusal));
        assert.ok(!/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(refusal?.message ?? ''), 'the message itself prints');
        assert.throws(() => planRepository(kind, answers), { message: refusal?.message ?? '' });
      }),
      { numRuns: 150 },
    );
  });

  const RULE =
    'is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them.';
  const unprintable = 'it holds characters that cannot be printed.';
  const refused: readonly (readonly [Partial<Answers>, string])[] = [
    [{ team: '' }, 'team name is empty; use lower-case letters, digits, "-" and "_".'],
    [{ team: '2026-01-01' }, `team name "2026-01-01" ${RULE}`],
    [{ team: '~' }, `team name "~" ${RULE}`],
    [{ team: '-rf' }, `team name "-rf" ${RULE} For example: rf`],
    [{ team: 'a: b' }, `team name "a: b" ${RULE} For example: a-b`],
    [{ team: 'a\nartifacts: {}' }, `team name "a\\nartifacts: {}" ${RULE} For example: a-artifacts`],
    [{ name: '$(id)' }, `repository name "$(id)" ${RULE} For example: id`],
    [{ name: 'аcme' }, `repository name "аcme" ${RULE} For example: cme`],
    [{ name: '{{team}}' }, `repository name "{{team}}" ${RULE} For example: team`],
    [{ project: 'x".y' }, `project name "x\\".y" ${RULE} For example: x-y`],
    [{ project: '../x' }, `project name "../x" ${RULE} For example: x`],
    [
      { codeOwner: '@acme/a b' },
      'Cannot use the code owner "@acme/a b": it is neither @user nor @organisation/team.',
    ],
    [
      { stores: { dev: 's3://A' } },
      'Cannot use the artifact store of "dev": "s3://A" names no bucket: "A" must be 3 to 63 lower-case letters, digits, "-" and ".", a letter or digit first and last.',
    ],
    [
      { stores: { 'a b': 's3://acme' } },
      'Cannot use the artifact store of "a b": an environment is named in lower-case letters, as dev or prod.',
    ],
    [{ stores: { dev: 'file:///a\nb' } }, `Cannot use the artifact store of "dev": ${unprintable}`],
    [{ authorName: 'a\u202eb' }, `Cannot use the author's name "a<U+202E>b": ${unprintable}`],
    [{ authorName: 'a\u200fb' }, `Cannot use the author's name "a<U+200F>b": ${unprintable}`],
    [{ authorName: 'a\u0085b' }, `Cannot use the author's name "a<U+0085>b": ${unprintable}`],
    [{ authorName: 'a\u2028b' }, `Cannot use the author's name "a<U+2028>b": ${unprintable}`],
    [{ team: `${' '.repeat(60)}` }, 'team name "                    …" has 60 characters; at most 50.'],
    [{ team: '\n'.repeat(60) }, `team name "${'<U+000A>'.repeat(20)}…" has 60 characters; at most 50.`],
    [{ authorEmail: 'a@b\n* @eve' }, `Cannot use the author's email "a@b\\n* @eve": ${unprintable}`],
    [
      { authorEmail: 'a@b * @eve' },
      `Cannot use the author's email "a@b * @eve": it is not an e-mail address.`,
    ],
    [{ authorEmail: '"a"@b' }, `Cannot use the author's email "\\"a\\"@b": it is not an e-mail address.`],
    [{ authorEmail: '#@b' }, `Cannot use the author's email "#@b": it is not an e-mail address.`],
  ];
  for (const [change, message] of refused) {
    it(`say what is wrong: ${JSON.stringify(change)}`, () => {
      assert.equal(refusalOf({ ...PLAIN, ...change })?.message, message);
    });
  }
});

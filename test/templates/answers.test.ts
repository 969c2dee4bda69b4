import assert from 'node:assert/strict';
import { type Answers, checkAnswers } from '../../src/templates/answers.ts';

const answers: Answers = {
  name: 'weather',
  team: 'weather',
  project: 'helloworld',
  authorName: 'Ana López',
  authorEmail: 'ana@example.com',
};

describe('answers to a template', () => {
  it('are taken when each fits', () => {
    checkAnswers(answers);
    checkAnswers({
      ...answers,
      authorName: `O'Neil "Nel" \\ Ñandú 🎉`,
      authorEmail: "o'neil+x@ñandú.example",
    });
  });

  it('are refused when a name would not survive', () => {
    const refused = (change: Partial<Answers>, message: RegExp) =>
      assert.throws(() => checkAnswers({ ...answers, ...change }), { code: 'HERMES_BAD_NAME', message });
    refused({ name: 'Weather' }, /^repository name "Weather" is not allowed: .* For example: weather$/);
    refused({ team: '../x' }, /^team name "\.\.\/x" is not allowed/);
    refused({ project: 'import' }, /^project name "import" is a Python keyword; choose another\.$/);
  });

  it('are refused when the author would break a file, and say how to correct it', () => {
    const refused = (change: Partial<Answers>, part: string, message: string) =>
      assert.throws(() => checkAnswers({ ...answers, ...change }), {
        code: 'HERMES_BAD_AUTHOR',
        message,
        nextStep: `Set it with: git config --global user.${part} "…"`,
      });
    const unprintable = 'it holds characters that cannot be printed.';
    refused({ authorName: 'a\nb' }, 'name', `Cannot use the author's name "a\\nb": ${unprintable}`);
    refused({ authorName: 'a\ud800' }, 'name', `Cannot use the author's name "a\\ud800": ${unprintable}`);
    refused({ authorName: ' ' }, 'name', `Cannot use the author's name " ": it is empty.`);
    refused(
      { authorEmail: 'ana' },
      'email',
      `Cannot use the author's email "ana": it is not an e-mail address.`,
    );
    refused(
      { authorName: 'a'.repeat(101) },
      'name',
      `Cannot use the author's name "${'a'.repeat(101)}": it has 101 characters; at most 100.`,
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findTagClashes, ownTagProblem, parseTag, tagLine, tagText, tagValue } from '../../src/core/tags.ts';

describe('a tag', () => {
  it('has one form, which Datadog and AWS keep as it is', () => {
    const forms: readonly (readonly [string, string])[] = [
      ['Domain:Clima España', 'domain:clima_espana'],
      ['cost-center:42', 'cost-center:42'],
      ['a b  c:d__e_', 'a_b_c:d_e'],
      ['owner:ana@acme.com', 'owner:ana_acme.com'],
      ['9lives:x', 'lives:x'],
      ['url:s3://a/b', 'url:s3://a/b'],
      ['Creator:Ana', 'x_creator:ana'],
      ['ﬁle:№1', 'file:no1'],
    ];
    for (const [text, form] of forms) {
      const tag = parseTag(text);
      assert.equal(tag === undefined ? undefined : tagLine(tag), form, text);
    }
    assert.equal(parseTag('climate'), undefined);
  });

  it('passes the rules of both whatever a user writes, or is refused', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.string({ unit: 'grapheme' }),
        (key, value) => {
          const text = `${key}:${value}`;
          const tag = parseTag(text);
          if (tag === undefined || ownTagProblem(text) !== undefined) return;
          // https://docs.datadoghq.com/getting_started/tagging/#define-tags
          assert.match(tagLine(tag), /^[a-z][a-z0-9_\-./]*:[a-z0-9_\-:./]*[a-z0-9\-./]$/);
          assert.doesNotMatch(tagLine(tag), /__/);
          assert.equal(tagLine(tag).length <= 200, true);
          // https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
          assert.match(tag.key, /^(?!aws:)[A-Za-z0-9 +\-=._:/@]{1,127}$/);
          assert.match(tag.value, /^[A-Za-z0-9 +\-=._:/@]{1,255}$/);
          assert.deepEqual(parseTag(tagLine(tag)), tag);
        },
      ),
    );
  });

  it('stays as it is once it is normal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(tagText(tagText(text)), tagText(text));
      }),
    );
  });

  it('keeps long ids apart within 200 characters', () => {
    const [a, b] = ['a', 'b'].map((end) => tagValue('task', `${'x'.repeat(240)}${end}`));
    assert.match(a ?? '', /^x{186}_[0-9a-f]{8}$/);
    assert.notEqual(a, b);
    assert.equal(tagValue('dag', 'Seattle_Weather'), 'seattle_weather');
  });

  it('is refused where Hermes, Datadog, AWS or Databricks set it, or nothing of it is left', () => {
    const problem = (text: string) => ownTagProblem(text);
    assert.equal(problem('climate'), undefined);
    assert.equal(problem('cost-center:42'), undefined);
    assert.equal(problem('Team:ocean'), 'The tag "Team:ocean" is refused: Hermes sets team for each task.');
    assert.equal(problem('host:a'), 'The tag "host:a" is refused: host is taken, Datadog sets it.');
    assert.equal(
      problem('aws:createdBy:x'),
      'The tag "aws:createdBy:x" is refused: aws is taken, AWS keeps it for itself.',
    );
    assert.equal(
      problem('Name:x'),
      'The tag "Name:x" is refused: name is taken, Databricks finds its machines by it.',
    );
    assert.equal(
      problem('天:x'),
      'The tag "天:x" has no key that tags may have: it must begin with one of the letters a to z.',
    );
    assert.equal(
      problem('domain:天'),
      'The tag "domain:天" has no value of letters, digits, "_", "-", ".", "/" or ":".',
    );
    assert.equal(
      problem(`domain:${'x'.repeat(194)}`),
      `The tag "domain:${'x'.repeat(194)}" has 201 characters; at most 200.`,
    );
  });

  it('clashes with another of its key', () => {
    assert.deepEqual(findTagClashes(['a:b', 'c:d', 'climate', 'A:B', 'C:e']), [
      { index: 3, isSame: true, message: 'The tags "a:b" and "A:B" are one: a:b. Keep one of them.' },
      {
        index: 4,
        isSame: false,
        message: 'The tags "c:d" and "C:e" give c two values. A cluster keeps one; choose another key.',
      },
    ]);
    assert.deepEqual(findTagClashes(['a:b'], ['A:B', 'x:y']).length, 1);
  });
});

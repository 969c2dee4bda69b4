import assert from 'node:assert/strict';
import { javaPattern } from '../../../src/databricks/policy/java-pattern.ts';

describe('a pattern of a policy', () => {
  // What java.util.regex of Java 17 answers to matcher(value).matches().
  const matches: readonly [pattern: string, fits: readonly string[], misses: readonly string[]][] = [
    ['m5\\.[a-z0-9]+', ['m5.large'], ['m5.large ', 'xm5.large', 'm5-large']],
    ['a|b', ['a', 'b'], ['ab', 'xb']],
    ['(?i)weather', ['Weather', 'WEATHER'], ['weathers']],
    ['eu\\-west\\-\\d', ['eu-west-1'], ['eu-west-x']],
    ['\\Qa.b*\\E', ['a.b*'], ['axb']],
    ['\\p{Alpha}+', ['abC'], ['é', 'a1']],
    ['[\\p{Upper}0-9]+', ['A1'], ['a1']],
    ['\\P{Digit}', ['a'], ['1']],
    ['\\p{L}', ['é'], ['1']],
    ['\\A1[5-7]\\.\\d\\z', ['15.4'], ['18.0']],
    ['[\\w.-]+', ['a-b.c'], ['a b']],
    ['[\\s]', [' ', '\t'], ['\u00a0']],
    ['\\_\\:\\#', ['_:#'], ['_']],
    ['a]b}', ['a]b}'], ['ab']],
    ['\\x{61}\\u0062\\x63', ['abc'], ['ab']],
    ['(?:a){2,3}', ['aa', 'aaa'], ['a']],
    ['(?<name>a)b', ['ab'], ['b']],
  ];
  for (const [pattern, fits, misses] of matches)
    it(`is matched as Java matches ${pattern}`, () => {
      const { regex } = javaPattern(pattern);
      assert.deepEqual(
        fits.filter((value) => regex?.test(value) !== true),
        [],
      );
      assert.deepEqual(
        misses.filter((value) => regex?.test(value) !== false),
        [],
      );
    });

  const broken = ['(', ')', 'a)(', '[a', '*a', 'a{,2}', '{', '\\y', 'a\\', '[b-a]', '(?P<n>a)', '[a-\\d]'];
  for (const pattern of broken)
    it(`is broken for Java as ${pattern}`, () => assert.ok(javaPattern(pattern).reason !== undefined));

  const onlyJava = [
    'a*+b',
    'a{2}+',
    '[a-z&&[^b]]',
    '[a[b]]',
    '(?>a)b',
    'a(?i)b',
    '\\p{IsLatin}',
    '(a)\\1',
    '\\R',
    '^*',
    '[]a]',
  ];
  for (const pattern of onlyJava)
    it(`is left to the workspace as ${pattern}`, () => assert.deepEqual(javaPattern(pattern), {}));
});

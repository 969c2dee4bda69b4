import assert from 'node:assert/strict';
import fc from 'fast-check';
import { errorAnnotation } from '../../../src/cli/publish/workflow-command.ts';

/** Takes a command apart as GitHub's runner does: src/Runner.Common/ActionCommand.cs of github.com/actions/runner. */
function parse(line: string): { name: string; properties: Record<string, string>; data: string } {
  const end = line.indexOf('::', 2);
  const [name = '', ...rest] = line.slice(2, end).split(' ');
  const decode = (text: string, more: boolean): string =>
    [
      ...(more
        ? ([
            [',', '%2C'],
            [':', '%3A'],
          ] as const)
        : []),
      ['\n', '%0A'],
      ['\r', '%0D'],
      ['%', '%25'],
    ].reduce((value, [token = '', escaped = '']) => value.replaceAll(escaped, token), text);
  const properties = rest
    .join(' ')
    .split(',')
    .map((pair) => pair.split(/=(.*)/s))
    .map(([key = '', value = '']) => [key, decode(value, true)]);
  return { name, properties: Object.fromEntries(properties), data: decode(line.slice(end + 2), false) };
}

describe('an annotation of GitHub Actions', () => {
  it('names the file, the line and the column', () => {
    const problem = {
      file: 'a/pyproject.toml',
      line: 3,
      column: 1,
      message: 'Bad: 100 %.',
      hint: 'Write 1, or 2.',
    };
    assert.equal(
      errorAnnotation(problem),
      '::error file=a/pyproject.toml,line=3,col=1::Bad: 100 %25. Write 1, or 2.',
    );
  });

  it('is one line that the runner reads back as it was meant, whatever the file and the message hold', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc
        .array(fc.constantFrom('::', '%0A', '%25', '\n', '\r', ',', 'x=y', '::error', ' '), { minLength: 1 })
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(hostile, hostile, (file, message) => {
        const line = errorAnnotation({ file, line: 1, message });
        assert.ok(!/[\r\n]/.test(line));
        const { name, properties, data } = parse(line);
        assert.deepEqual([name, { ...properties }, data], ['error', { file, line: '1' }, message]);
      }),
    );
  });
});

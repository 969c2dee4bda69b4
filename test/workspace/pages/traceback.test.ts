import assert from 'node:assert/strict';
import { parseTraceback } from '../../../src/workspace/pages/traceback.ts';

const trace = `Traceback (most recent call last):
  File "old.py", line 1, in <module>
ValueError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "monthly-1.4.0.py", line 9, in <module>
    main()
    ~~~~^^
  File "/cache/e/lib/python3.11/site-packages/observations/monthly.py", line 41, in main
    return row["tempMax"]
  File "/cache/e/lib/python3.11/site-packages/pandas/core/frame.py", line 4102, in __getitem__
    indexer = self.columns.get_loc(key)
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
  File "<frozen importlib._bootstrap>", line 1, in f
KeyError: 'tempMax'
`;

describe('a traceback on the run page', () => {
  it('tells the user’s frames of the last exception from those of Python and of dependencies', () => {
    assert.deepEqual(
      parseTraceback(trace, ['observations']).map(({ file, line, where, isOwn }) => [
        file,
        line,
        where,
        isOwn,
      ]),
      [
        ['monthly-1.4.0.py', 9, '<module>', true],
        ['observations/monthly.py', 41, 'main', true],
        ['pandas/core/frame.py', 4102, '__getitem__', false],
        ['json/__init__.py', 346, 'loads', false],
        ['<frozen importlib._bootstrap>', 1, 'f', false],
      ],
    );
  });

  it('keeps the source line of a frame', () => {
    assert.equal(parseTraceback(trace, [])[0]?.source, 'main()');
    assert.equal(parseTraceback(trace, [])[3]?.source, undefined);
  });

  it('names the cell of a notebook and its line there, and leaves out what runs the cells', () => {
    const frames = parseTraceback(
      `Traceback (most recent call last):
  File "<cell 2 of /Users/you@localhost/etl>", line 4, in <module>
    day = dbutils.widgets.get("day")
  File "/opt/hermes/src/workspace/compute/driver/hermes_dbutils.py", line 9, in get
    raise KeyError(name)
KeyError: 'day'
`,
      [],
    );
    const source = 'day = dbutils.widgets.get("day")';
    assert.deepEqual(
      frames.filter((frame) => frame.isOwn),
      [{ file: 'etl', cell: 2, line: 4, where: '<module>', isOwn: true, source }],
    );
  });

  it('has no frames when there is no traceback', () => {
    assert.deepEqual(parseTraceback('The Python process exited with exit code 5.', []), []);
  });
});

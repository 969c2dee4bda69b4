import { strict as assert } from 'node:assert';
import { parseTraceback, userFrame } from '../../../src/databricks/runs/traceback.ts';

const TRACE = `Traceback (most recent call last):
  File "/s/monthly-1.5.0.py", line 3, in first
    other()
ValueError: no

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/databricks/python_shell/scripts/db_ipykernel_launcher.py", line 9, in <module>
    main()
  File "/s/monthly-1.5.0.py", line 41, in f
    return d['tempMax']
           ~^^^^^^^^^^^
  File "/local/lib/python3.12/site-packages/pandas/core/frame.py", line 77, in __getitem__
    indexer = self.columns.get_loc(key)
  File "<frozen importlib._bootstrap>", line 1, in _find
KeyError: 'tempMax'
`;

describe('a Python traceback', () => {
  it('gives the calls of the last exception', () => {
    assert.deepEqual(
      parseTraceback(TRACE).map(({ file, line, function: name }) => [file.split('/').at(-1), line, name]),
      [
        ['db_ipykernel_launcher.py', 9, '<module>'],
        ['monthly-1.5.0.py', 41, 'f'],
        ['frame.py', 77, '__getitem__'],
        ['<frozen importlib._bootstrap>', 1, '_find'],
      ],
    );
  });

  it("shows the user's own line first, past packages, Python and the cluster's start-up", () => {
    assert.deepEqual(userFrame(TRACE), {
      file: '/s/monthly-1.5.0.py',
      line: 41,
      function: 'f',
      code: "return d['tempMax']",
    });
    assert.equal(userFrame('KeyError'), undefined);
  });

  it('reads a syntax error, which has no function', () => {
    const trace =
      'Traceback (most recent call last):\n  File "/s/a.py", line 2\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n';
    assert.deepEqual(userFrame(trace), { file: '/s/a.py', line: 2, function: '', code: 'x = = 1' });
  });
});

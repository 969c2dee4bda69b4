import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { compareVersions, normaliseVersion } from '../../src/core/pep440.ts';
import { pythonTools } from '../python-tools.ts';

// The implementation that pip and uv follow.
const PYTHON = `
import functools, json, sys
from packaging.version import InvalidVersion, Version
def read(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None
versions = [read(text) for text in json.load(sys.stdin)]
print(json.dumps({"normal": [v and str(v) for v in versions],
    "order": [0 if a is None or b is None else (a > b) - (a < b) for a, b in zip(versions, versions[1:])]}))
`;

describe('Python versions, against the implementation of Python', () => {
  it('are normalised and ordered alike', function () {
    this.timeout(300_000);
    const part = fc.stringMatching(
      /^([0-2]!)?v?\d{1,3}(\.\d{1,2}){0,3}([._-]?(a|b|rc|alpha|pre|c)[._-]?\d{0,2})?(-\d{1,2}|[._-]?(post|rev|r)\d{0,2})?([._-]?dev\d{0,2})?(\+[a-zA-Z0-9]{1,5}([._-][a-zA-Z0-9]{1,5}){0,2})?$/,
    );
    const texts = fc.sample(
      fc.oneof(part, fc.constantFrom('1e5', 'latest', '1.0+1e5', '1.0+0x1f', '1.0+00', '1.0+a')),
      12_000,
    );
    const child = spawnSync(join(pythonTools('test'), 'python'), ['-c', PYTHON], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const { normal, order } = JSON.parse(child.stdout);
    for (const [index, text] of texts.entries()) {
      assert.equal(normaliseVersion(text), normal[index] ?? undefined, text);
      const next = texts[index + 1];
      if (next === undefined || normal[index] === null || normal[index + 1] === null) continue;
      assert.equal(compareVersions(text, next), order[index], `${text} against ${next}`);
    }
  });
});

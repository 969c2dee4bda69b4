import assert from 'node:assert/strict';
import { branchOf, parsePushedRefs } from '../../../src/github/hook/pushed-refs.ts';

const NONE = '0'.repeat(40);
const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

describe('pushed refs', () => {
  it('are read from the lines that git gives its hook', () => {
    const text = `${NONE} ${A} refs/heads/x$(touch y)\n${A} ${NONE} refs/heads/old\n${A} ${B} refs/tags/v1\n`;
    assert.deepEqual(parsePushedRefs(text), [
      { before: undefined, commit: A, ref: 'refs/heads/x$(touch y)' },
      { before: A, commit: undefined, ref: 'refs/heads/old' },
      { before: A, commit: B, ref: 'refs/tags/v1' },
    ]);
  });

  it('name a branch only below refs/heads', () => {
    assert.equal(branchOf('refs/heads/feature/x'), 'feature/x');
    assert.equal(branchOf('refs/heads/refs/heads/x'), 'refs/heads/x');
    assert.equal(branchOf('refs/tags/v1'), undefined);
    assert.equal(branchOf('refs/notes/commits'), undefined);
  });
});

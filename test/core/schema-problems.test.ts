import assert from 'node:assert/strict';
import { z } from 'zod';
import { findValueProblems } from '../../src/core/schema-problems.ts';

describe('a value that misses its schema', () => {
  it('is told the bound that it misses, and whether the bound itself is allowed', () => {
    const schema = z.object({
      a: z.int().positive(),
      b: z.int().min(0),
      c: z.number().lt(5),
      d: z.int().max(5),
    });
    assert.deepEqual(
      findValueProblems(schema, { a: 0, b: -1, c: 5, d: 6 }).map(({ message }) => message),
      [
        'a = 0 is too small: more than 0.',
        'b = -1 is too small: at least 0.',
        'c = 5 is too big: less than 5.',
        'd = 6 is too big: at most 5.',
      ],
    );
  });
});

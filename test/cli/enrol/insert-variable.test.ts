import assert from 'node:assert/strict';
import fc from 'fast-check';
import { insertVariable } from '../../../src/cli/enrol/insert-variable.ts';

describe('a variable that is added to a file', () => {
  it('stands at the end; every other character stays', () => {
    const text = '{\n    "threshold": 3,\n    "list": [1,   2]\n}\n';
    assert.equal(
      insertVariable(text, 'hermes_weather', { production: false, tags: ['a'] }),
      '{\n    "threshold": 3,\n    "list": [1,   2],\n    "hermes_weather": {\n        "production": false,\n        "tags": [\n            "a"\n        ]\n    }\n}\n',
    );
  });

  it('opens an empty file, and an empty object', () => {
    for (const empty of ['', '\n', '{}\n', '{ }\n'])
      assert.equal(insertVariable(empty, 'a', 1), '{\n  "a": 1\n}\n');
  });

  it('keeps line ends and tabs', () => {
    assert.equal(
      insertVariable('{\r\n\t"a": {}\r\n}', 'b', { c: 1 }),
      '{\r\n\t"a": {},\r\n\t"b": {\r\n\t\t"c": 1\r\n\t}\r\n}',
    );
  });

  it('is never written over one that is there', () => {
    assert.throws(() => insertVariable('{"a": 1}', 'a', 2), {
      message: 'the variable a does not fit into the file',
    });
  });

  it('fits into any object, however it is laid out', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
        fc.constantFrom<string | number | undefined>(undefined, 1, 2, 8, '\t'),
        fc.string().map((text) => `hermes_${text}`),
        fc.jsonValue(),
        (object, indent, name, value) => {
          fc.pre(!(name in object));
          const text = JSON.stringify(object, null, indent);
          const changed = insertVariable(text, name, value);
          assert.deepEqual(JSON.parse(changed), JSON.parse(JSON.stringify({ ...object, [name]: value })));
          assert.ok(changed.startsWith(text.slice(0, -1).trimEnd()));
        },
      ),
    );
  });
});

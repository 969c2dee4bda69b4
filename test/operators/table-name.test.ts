import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tableNameProblem } from '../../operators/table-name.ts';

const rule = 'it must be database.table, in lower-case letters, digits and "_".';

describe('the name of a table', () => {
  it('is a database and a table in the letters of Hive', () => {
    for (const name of ['market.listings', '_a.b_2', '2026.x', `${'d'.repeat(128)}.${'t'.repeat(128)}`])
      assert.equal(tableNameProblem(name), undefined, name);
  });

  it('that is another is refused, with the likely one where there is one', () => {
    const wrong: readonly (readonly [string, string])[] = [
      ['listings', `"listings" is no name of a table: ${rule}`],
      ['', `"" is no name of a table: ${rule}`],
      ['a.b.c', `"a.b.c" is no name of a table: ${rule}`],
      ['Market.Listings', `"Market.Listings" is no name of a table: ${rule} Did you mean market.listings?`],
      [
        '`market`.`listings`',
        `"\`market\`.\`listings\`" is no name of a table: ${rule} Did you mean market.listings?`,
      ],
      ['my-team.x y', `"my-team.x y" is no name of a table: ${rule}`],
      ['my-team.x', `"my-team.x" is no name of a table: ${rule} Did you mean my_team.x?`],
      ['hive_metastore.a.b', `"hive_metastore.a.b" is no name of a table: ${rule} Did you mean a.b?`],
      [
        '{{ params.db }}.x',
        '"{{ params.db }}.x" is no name of a table: a template cannot stand here, since tables are checked before a run.',
      ],
      [
        `${'d'.repeat(129)}.t`,
        `"${'d'.repeat(129)}.t" is no name of a table: a part of it has more than 128 characters.`,
      ],
    ];
    for (const [name, problem] of wrong) assert.equal(tableNameProblem(name), problem);
  });

  it('that passes holds nothing that Jinja, a shell, SQL or a list joined by commas would read', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab_0.AÜ`\'",; \n{}') }), (name) => {
        assert.equal(tableNameProblem(name) === undefined, /^[a-z0-9_]{1,128}\.[a-z0-9_]{1,128}$/.test(name));
      }),
    );
  });
});

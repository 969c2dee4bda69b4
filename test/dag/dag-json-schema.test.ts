import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../operators/registry.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { dagJsonSchema } from '../../src/dag/dag-json-schema.ts';

const FILE = join(packageRoot, 'src', 'dag', 'dag.schema.json');

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly oneOf?: readonly unknown[];
}

/** Paths of the keys that have no description. */
function bare(schema: Schema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
    ...(value.description === undefined ? [`${path}${key}`] : []),
    ...bare(value, `${path}${key}.`),
    ...(typeof value.additionalProperties === 'object'
      ? bare(value.additionalProperties, `${path}${key}.*.`)
      : []),
  ]);
}

describe('the JSON Schema of DAG files', () => {
  it('is the one in the repository (UPDATE_GOLDEN=1 writes it)', () => {
    const current: unknown = dagJsonSchema(operators);
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(FILE, `${JSON.stringify(current, null, 2)}\n`);
    assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), current);
  });

  it('describes every key for editors, and asks for one operator in each task', () => {
    const schema = dagJsonSchema(operators) as Schema;
    assert.deepEqual(bare(schema, ''), []);
    assert.deepEqual(schema.required, ['dag', 'tasks']);
    const tasks = schema.properties?.tasks?.additionalProperties;
    assert.ok(typeof tasks === 'object');
    assert.deepEqual(tasks.oneOf, [{ required: ['hermes'] }]);
    assert.equal(tasks.additionalProperties, false);
  });
});

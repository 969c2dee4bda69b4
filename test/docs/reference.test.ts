import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../operators/registry.ts';
import { ExitCode } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { dagJsonSchema } from '../../src/dag/dag-json-schema.ts';
import { loadDags } from '../../src/dag/load-dags.ts';
import { temporaryFolder } from '../setup.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
}

const PAGE = join(packageRoot, 'docs', 'reference', 'dag-file.md');

describe('the reference', () => {
  it('lists the keys of DAG files as the schema has them (UPDATE_GOLDEN=1 writes them)', () => {
    const page = readFileSync(PAGE, 'utf8');
    const current = withTables(page);
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(PAGE, current);
    assert.equal(readFileSync(PAGE, 'utf8'), current);
  });

  it('shows DAG files without a mistake, the two forms of one DAG equal', async () => {
    const folder = temporaryFolder();
    const files = [...readFileSync(PAGE, 'utf8').matchAll(/^```(yaml|ts)\n([\s\S]*?)^```$/gm)].map(
      ([, kind, text = ''], index) => {
        const file = join(folder, `example-${index}.dag.${kind}`);
        writeFileSync(file, text);
        return file;
      },
    );
    const { dags, problems } = await loadDags(files, { operators, cwd: folder });
    assert.deepEqual(problems, []);
    assert.deepEqual(dags[0]?.dag.plans(), dags[1]?.dag.plans());
  });

  it('lists every exit code', () => {
    const page = readFileSync(join(packageRoot, 'docs', 'reference', 'exit-codes.md'), 'utf8');
    const listed = [...page.matchAll(/^\| (\d+) \|/gm)].map((row) => Number(row[1]));
    assert.deepEqual(listed, Object.values(ExitCode));
  });
});

/** The page with its tables drawn from the schema. */
function withTables(page: string): string {
  const dag = dagJsonSchema(operators) as Schema;
  const task = dag.properties?.tasks?.additionalProperties;
  const parts: Record<string, Schema | undefined> = { dag, task, hermes: task?.properties?.hermes };
  return page.replaceAll(
    /(<!-- keys: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_all, start: string, name: string, end: string) => `${start}${table(parts[name])}${end}`,
  );
}

function table(schema: Schema | undefined): string {
  const rows = Object.entries(schema?.properties ?? {}).map(([key, value]) => {
    const needed = schema?.required?.includes(key) === true ? ' (required)' : '';
    const allowed = value.enum === undefined ? '' : `: ${value.enum.join(', ')}`;
    return `| \`${key}\` | ${value.description?.replaceAll('|', '\\|')}${allowed}${needed} |\n`;
  });
  return `| key | meaning |\n|---|---|\n${rows.join('')}`;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { renderMarkdown } from '../../../src/cli/airflow/changes/markdown-plan.ts';
import { codeSpan } from '../../../src/cli/airflow/changes/markdown-text.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { after, before, compileTexts } from '../../engines/airflow/changes/two-builds.ts';
import { hostileText, planOf, withTexts } from './hostile-plan.ts';

const GOLDEN = join(packageRoot, 'test', 'fixtures', 'airflow', 'plan.md');

describe('the plan as a comment on a pull request', () => {
  it('is a line, a table, what it means, and folded details', () => {
    assert.equal(
      renderMarkdown(planOf(compileTexts(before), compileTexts(after))),
      readFileSync(GOLDEN, 'utf8'),
    );
  });

  it('is one line when nothing changes', () => {
    const same = compileTexts(before);
    assert.equal(
      renderMarkdown({ ...planOf(same, same), policies: [] }),
      '<!-- hermes airflow plan -->\n**No change to the DAGs**, compared with `master` at 0123456 (4 DAGs).\n',
    );
  });

  it('says which files of the base could not be read', () => {
    const same = compileTexts(before);
    const problem = {
      file: 'dags/a<b>.dag.yaml',
      line: 3,
      column: 1,
      message: 'not | an option',
      isGone: false,
    };
    assert.equal(
      renderMarkdown({ ...planOf(same, same), policies: [], baseProblems: [problem] }),
      [
        '<!-- hermes airflow plan -->',
        '**No change to the other DAGs**, compared with `master` at 0123456 (4 DAGs).',
        '',
        'The base has mistakes; what is in these files counts as added:',
        '',
        '- `dags/a<b>.dag.yaml:3:1  not <U+007C> an option`',
        '',
        '',
      ].join('\n'),
    );
  });

  it('tells which variables a deploy brings, also when no DAG changes', () => {
    const same = compileTexts(before);
    const variables = [
      { environment: 'dev', name: 'a|b', kind: 'added', keys: [] },
      { environment: 'prod', name: 'threshold', kind: 'changed', keys: [] },
    ] as const;
    assert.equal(
      renderMarkdown({ ...planOf(same, same), policies: [], variables }),
      [
        '<!-- hermes airflow plan -->',
        '**No change to the DAGs**, compared with `master` at 0123456 (4 DAGs).',
        '',
        '**Variables of Airflow**',
        '',
        '- + `a<U+007C>b` in `dev`',
        '- `threshold` in `prod`: another value',
        '',
        '',
      ].join('\n'),
    );
  });

  it('stays within 60,000 characters and counts what it leaves out', () => {
    const many = (count: number, schedule: string) =>
      compileTexts({
        'dags/all.dag.yaml': Array.from({ length: count }, (_, index) =>
          [
            `dag: dag_${index}_${'x'.repeat(60)}`,
            `team: weather\nschedule: "${schedule}"`,
            `tasks: { a: { hermes: { project_name: energy, parameters: ["${schedule}"] } } }`,
          ].join('\n'),
        ).join('\n---\n'),
      });
    const text = renderMarkdown(planOf(many(400, '0 6 * * *'), many(400, '0 7 * * *')));
    assert.ok(text.length <= 60_000, `${text.length} characters`);
    const rows = text.match(/^\| ~ \|/gm)?.length ?? 0;
    const folded = text.match(/^<details>/gm)?.length ?? 0;
    assert.ok(rows > 100 && folded > 50);
    assert.ok(text.includes(`| | and ${400 - rows} DAGs more | |`));
    assert.ok(text.endsWith(`Details of ${400 - folded} DAGs more: run \`hermes airflow plan\`.\n`));
  });

  it('lets no text of a DAG be more than text', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (first, second) => {
        const text = renderMarkdown(planOf(withTexts(first), withTexts(second)));
        // What Markdown reads: all but code spans, and elements that hold nothing but letters and references.
        const bare = text
          .replace(/<code>(?:[A-Za-z0-9 _.-]|&#\d+;)*<\/code>/g, '')
          .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')
          .replace(/^<details><summary>|<\/summary>$|^<\/details>$|^<!-- hermes airflow plan -->$/gm, '');
        assert.doesNotMatch(bare, /[@<>`]|http|\]\(|javascript/);
        const cells = text.split('\n').filter((line) => line.startsWith('|'));
        assert.ok(cells.every((line) => line.split('|').length === 5));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a code span', () => {
  it('holds any text on one line without ending early', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [, fence = '', inner = ''] = /^(`+)([^\n|]*?)\1$/.exec(codeSpan(text)) ?? [];
        assert.notEqual(fence, '');
        const runs: readonly string[] = inner.match(/`+/g) ?? [];
        assert.ok(!runs.includes(fence));
      }),
    );
  });

  it('says that a text is empty, and cuts a long one', () => {
    assert.equal(codeSpan(''), '(empty)');
    assert.equal(codeSpan('x'.repeat(500)), `\`${'x'.repeat(199)}…\``);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { renderMarkdown } from '../../../src/cli/airflow/changes/markdown-plan.ts';
import { codeSpan } from '../../../src/cli/airflow/changes/markdown-text.ts';
import { printableLine } from '../../../src/core/printable.ts';
import { pythonTools } from '../../python-tools.ts';
import { hostileText, planOf, withTexts } from './hostile-plan.ts';

/** Reads a list of texts from stdin and renders each as GitHub does, raw HTML included (https://github.com/theacodes/cmarkgfm). */
const RENDER = `
import json, sys, cmarkgfm
from cmarkgfm.cmark import Options
render = lambda text: cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
json.dump([render(text) for text in json.load(sys.stdin)], sys.stdout)
`;

function onGitHub(texts: readonly string[]): readonly string[] {
  const options = { input: JSON.stringify(texts), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 } as const;
  return JSON.parse(execFileSync(join(pythonTools('test'), 'python'), ['-c', RENDER], options));
}

const OURS = /^(p|strong|code|table|thead|tbody|tr|th|td|ul|li|details|summary)$/;

describe('the plan as GitHub renders it', function () {
  this.timeout(300_000);

  it('holds no link, no picture and no element but its own, whatever stands in a DAG', () => {
    const pairs = fc.sample(fc.tuple(hostileText, hostileText), 300);
    const plans = pairs.map(([a, b]) => renderMarkdown(planOf(withTexts(a), withTexts(b))));
    for (const [index, html] of onGitHub(plans).entries()) {
      const bare = html.replace('<!-- hermes airflow plan -->', '');
      const foreign = [...bare.matchAll(/<\/?([^\s>/]*)([^>]*)>/g)].filter(
        ([, name = '', rest = '']) => !OURS.test(name) || rest.trim() !== '',
      );
      assert.deepEqual(foreign, [], JSON.stringify(pairs[index]));
      // Outside of code nobody is mentioned and nothing is linked.
      const prose = bare.replace(/<code>[^<]*<\/code>/g, '');
      assert.doesNotMatch(prose, /@|http|#\d/, JSON.stringify(pairs[index]));
      const [same, other] = pairs[index] ?? [];
      const rows = same === other ? 0 : 3;
      assert.equal(html.match(/<td/g)?.length ?? 0, rows * 3, JSON.stringify(pairs[index]));
    }
  });

  it('shows a text as it is', () => {
    const texts = fc.sample(hostileText, 300).filter((text) => !text.includes('|'));
    const spans = onGitHub(texts.map((text) => `- ${codeSpan(text)}: read`));
    for (const [index, html] of spans.entries()) {
      const [, inner = ''] = /^<ul>\n<li><code>([^<]*)<\/code>: read<\/li>\n<\/ul>\n$/.exec(html) ?? [];
      const shown = inner
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&');
      assert.equal(shown, printableLine(texts[index] ?? ''), JSON.stringify(texts[index]));
    }
  });
});

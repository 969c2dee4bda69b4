import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishEvent } from '../../../ci/publish-event.ts';
import { renderSummary, writeCiSummary } from '../../../src/cli/publish/ci-summary.ts';
import { temporaryFolder } from '../../setup.ts';

const decision = (reason: string, kind: 'release' | 'nothing' = 'release'): PublishEvent => ({
  event: 'decision',
  team: 'weather',
  kind,
  reason,
  environments: ['dev', 'prod'],
});
const published: PublishEvent = {
  event: 'published',
  project: 'observations',
  version: '1.5.0',
  environment: 'dev',
  url: 's3://acme/dev/weather/observations/1.5.0',
  uploaded: 2,
  pointer: { moved: true, from: '1.4.0', to: '1.5.0' },
};

const quiet = (): void => {};

describe('the summary page of a CI run', () => {
  it('has a row for everything that was published or left alone', () => {
    const skipped: PublishEvent = {
      event: 'skipped',
      project: 'helloworld',
      version: '0.1.0',
      reason: 'unchanged since 8be21c0, nothing to do',
    };
    assert.equal(
      renderSummary([decision('push to master'), published, skipped]),
      [
        '### `weather`: push to master',
        '',
        '| project | version | where | what |',
        '|---|---|---|---|',
        '| `observations` | `1.5.0` | dev | uploaded 2 files; latest 1.4.0 → 1.5.0 |',
        '| `helloworld` | `0.1.0` |  | unchanged since 8be21c0, nothing to do |',
        '',
        '',
      ].join('\n'),
    );
  });

  it('says why nothing is published', () => {
    assert.equal(
      renderSummary([decision('a tag publishes nothing', 'nothing')]),
      '### `weather`: a tag publishes nothing\n\nNothing is published.\n\n',
    );
  });

  it('lets no branch name become a table, a link, an image or HTML', () => {
    const text = renderSummary([decision('push to x|y`<img src=x>![a](b)\u001b[31m\n# z', 'nothing')]);
    assert.equal(text.split('\n').length, 5);
    assert.doesNotMatch(text.split('\n')[0]?.slice(4) ?? '', /[|<>[\]()!#](?!\d+;)/);
    assert.ok(!text.includes('\u001b'));
  });

  it('is appended where GitHub Actions asks for it, and nowhere else', () => {
    const file = join(temporaryFolder(), 'summary.md');
    writeCiSummary({ GITHUB_STEP_SUMMARY: file }, [decision('one', 'nothing')], quiet);
    writeCiSummary({ GITHUB_STEP_SUMMARY: file }, [decision('two', 'nothing')], quiet);
    writeCiSummary({}, [decision('three', 'nothing')], quiet);
    assert.equal(readFileSync(file, 'utf8').match(/###/g)?.length, 2);
  });

  it('is worth a remark when it cannot be written', () => {
    const notes: string[] = [];
    const file = join(temporaryFolder(), 'no', 'summary.md');
    writeCiSummary({ GITHUB_STEP_SUMMARY: file }, [decision('one', 'nothing')], (line) => notes.push(line));
    assert.deepEqual(notes, [`The summary page of this run could not be written (ENOENT): ${file}`]);
  });
});

import fc from 'fast-check';
import type { PullRequestPlan } from '../../../src/cli/airflow/changes/compile-both.ts';
import { changeFacts } from '../../../src/engines/airflow/changes/change-facts.ts';
import { planChanges } from '../../../src/engines/airflow/changes/plan-changes.ts';
import type { CompiledDag } from '../../../src/engines/airflow/compile/plan-build.ts';

/** What Markdown, HTML, GitHub and terminals make more of than text. */
export const hostileText = fc
  .array(
    fc.constantFrom(
      ...[
        '`',
        '``',
        '|',
        '\\',
        '\\|',
        '\n',
        '\n\n',
        '<script>',
        '</details>',
        '-->',
        '@octocat',
        '#12',
        '&lt;',
      ],
      ...[
        '[x](http://evil.example)',
        '![x](javascript:1)',
        'https://evil.example',
        '**',
        '~~~',
        ' ',
        'a',
        '\u202e',
      ],
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** A DAG as it might be compiled from texts that no check has seen. */
export function withTexts(text: string): CompiledDag[] {
  const task = {
    task_id: text,
    json: {
      tasks: [
        {
          spark_python_task: { parameters: [text] },
          new_cluster: { spark_env_vars: { HERMES_INPUTS: text } },
        },
      ],
      access_control_list: [{ group_name: text, permission_level: 'CAN_VIEW' }],
      [text]: text,
    },
    options: { pool: text },
  };
  const request = { team: text, project: text, script: text, wish: text };
  const options = { tags: [text], description: text, params: { [text]: text } };
  const body = { schedule: text, timezone: text, options, requests: { [text]: request }, tasks: [task] };
  return ['same', text].map((dagId) => ({
    dagId,
    line: JSON.stringify({ dag_id: dagId, ...body }),
    source: text,
  }));
}

/** The plan for one build in the place of another. */
export function planOf(was: readonly CompiledDag[], is: readonly CompiledDag[]): PullRequestPlan {
  const changes = planChanges(was, is);
  return {
    environment: 'dev',
    base: { ref: 'master', commit: '0123456789abcdef' },
    changes,
    facts: changeFacts(changes),
    policies: [{ team: 'weather', policyId: 'B2', was: 'A1' }],
    variables: [],
    baseProblems: [],
  };
}

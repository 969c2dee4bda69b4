import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { wantedSettings } from '../../../src/cli/github/wanted-settings.ts';
import { templateKinds } from '../../../src/templates/answers.ts';
import { planRepository } from '../../../src/templates/plan-repository.ts';
import { answers } from '../../templates/older-repository.ts';

interface Job {
  readonly name: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const own = { team: 'weather', visibility: 'private', variables: {}, secrets: {} } as const;

for (const kind of templateKinds) {
  describe(`what a repository of kind ${kind} is to be on GitHub`, () => {
    const workflows = planRepository(kind, answers)
      .filter(({ path }) => path.startsWith('.github/workflows/'))
      .map(({ bytes }): Workflow => parse(bytes.toString()));
    const settings = wantedSettings(kind, 'weather', own);

    it('waits for jobs that every pull request starts, and that no push skips', () => {
      for (const check of settings.mergeRules.checks) {
        const places = workflows.flatMap(({ on, jobs }) =>
          Object.values(jobs).flatMap((job) => (job.name === check ? [{ on, job }] : [])),
        );
        assert.equal(places.length, 1, check);
        assert.ok('pull_request' in (places[0]?.on ?? {}), check);
        assert.doesNotMatch(places[0]?.job.if ?? '', /event_name/, check);
      }
    });

    it('waits for each job, too, whose failure would skip one of them', () => {
      const jobs = workflows.flatMap((workflow) => Object.entries(workflow.jobs));
      const required = jobs.filter(([, job]) => settings.mergeRules.checks.includes(job.name));
      const needed = required.flatMap(([, job]) => job.needs ?? []);
      const ids = required.map(([id]) => id);
      assert.deepEqual(
        needed.filter((id) => !ids.includes(id)),
        [],
      );
    });

    it('has each environment that its jobs name, and lets the default branch alone deploy to production', () => {
      const named = workflows.flatMap(({ jobs }) =>
        Object.values(jobs).map(({ environment }) => environment),
      );
      const made = settings.environments.map(({ name }) => name);
      const missing = named.filter(
        (name) => name !== undefined && !name.includes('{') && !made.includes(name),
      );
      assert.deepEqual(missing, []);
      assert.equal(settings.environments.find(({ name }) => name === 'prod')?.branches, 'default');
    });

    it('says in its description whose it is, and that Hermes made it', () => {
      const word = kind === 'product' ? 'Product' : 'Airflow';
      assert.equal(settings.description, `${word} repository of team weather, made by Hermes`);
    });
  });
}

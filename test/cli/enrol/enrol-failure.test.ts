import assert from 'node:assert/strict';
import { enrolFailure } from '../../../src/cli/enrol/enrol-failure.ts';
import { summaryLine } from '../../../src/cli/enrol/enrol-lines.ts';
import { ConfigError, ConnectionError, type HermesError } from '../../../src/core/errors.ts';

const signIn = () =>
  new ConnectionError('Cannot sign in to dev: no host is set.', {
    code: 'A',
    nextStep: 'Set DATABRICKS_HOST.',
  });
const foreign = (team: string) =>
  new ConfigError(`Cannot enrol ${team}: it is that of power.`, { code: 'B', nextStep: 'Rename it.' });
const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const AGAIN = 'run the same command again: teams that are enrolled stay as they are.';

function failureOf(errors: Readonly<Record<string, HermesError | undefined>>) {
  const outcomes = Object.entries(errors).map(([team, error]) =>
    error === undefined ? { team } : { team, error },
  );
  const failure = enrolFailure(outcomes);
  return [failure?.message, failure?.nextStep, failure?.exitCode];
}

describe('teams that were not enrolled', () => {
  it('have a cause that is common to all told once, with its next step and its exit code', () => {
    assert.deepEqual(failureOf(Object.fromEntries(seven.map((team) => [team, signIn()]))), [
      'Cannot enrol 7 teams of 7.\n  Cannot sign in to dev: no host is set.',
      `Set DATABRICKS_HOST.\nThen ${AGAIN}`,
      3,
    ]);
    assert.deepEqual(
      failureOf({ ...Object.fromEntries(seven.map((team) => [team, signIn()])), h: undefined }),
      [
        'Cannot enrol 7 teams of 8.\n  a, b, c, d, e and 2 more: Cannot sign in to dev: no host is set.',
        `Set DATABRICKS_HOST.\nThen ${AGAIN}`,
        1,
      ],
    );
  });

  it('have each cause named with its teams and what to do, when there are several', () => {
    assert.deepEqual(failureOf({ a: signIn(), b: foreign('b'), c: signIn() }), [
      [
        'Cannot enrol 3 teams of 3.',
        '  a, c: Cannot sign in to dev: no host is set.',
        '  Set DATABRICKS_HOST.',
        '  b: Cannot enrol b: it is that of power.',
        '  Rename it.',
      ].join('\n'),
      `Mend what is named, then ${AGAIN}`,
      1,
    ]);
  });

  it('are no more than their own error when only one was asked for', () => {
    assert.deepEqual(failureOf({ a: foreign('a') }), [
      'Cannot enrol a: it is that of power.',
      'Rename it.',
      2,
    ]);
    assert.deepEqual(failureOf({ a: undefined }), [undefined, undefined, undefined]);
  });

  it('are counted without naming what nobody got', () => {
    const outcomes = ['a', 'b'].map((team) => ({ team, error: signIn() }));
    assert.equal(summaryLine(outcomes, ['dev'], true), '2 teams failed.');
  });
});

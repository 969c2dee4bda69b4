import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decidePublish } from '../../ci/decide.ts';
import type { CiEvent as WholeEvent } from '../../ci/detect-ci.ts';
import type { RepositoryFacts } from '../../ci/repository-facts.ts';

type CiEvent = Omit<WholeEvent, 'evidence'>;

const head = '3f1c2aa0d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2';
const facts = (more: Partial<RepositoryFacts> = {}): RepositoryFacts => ({
  head,
  branch: undefined,
  defaultBranch: 'master',
  isOnRemoteDefault: true,
  changedFiles: [],
  ...more,
});
const push = (branch: string, more: Partial<CiEvent> = {}): CiEvent => ({
  system: 'travis',
  kind: 'push',
  branch,
  commit: head,
  ...more,
});
const hand: CiEvent = { system: 'hand', kind: 'hand' };

describe('deciding what to publish', () => {
  it('releases a push to the default branch', () => {
    assert.deepEqual(decidePublish(push('master'), facts()), {
      kind: 'release',
      branch: 'master',
      commit: head,
      reason: 'push to master (the default branch)',
    });
  });

  it('builds a push to any other branch for development', () => {
    assert.deepEqual(decidePublish(push('feature/new-column'), facts({ isOnRemoteDefault: false })), {
      kind: 'feature',
      branch: 'feature/new-column',
      commit: head,
      reason: 'push to feature/new-column (not the default branch)',
    });
  });

  const nothing: [string, CiEvent, Partial<RepositoryFacts>, string][] = [
    [
      'a pull request',
      { system: 'github', kind: 'pull-request' },
      {},
      'a pull request is tested, never published',
    ],
    [
      'a tag',
      { system: 'github', kind: 'tag' },
      {},
      'a tag publishes nothing; a release is a push to the default branch',
    ],
    [
      'what is unclear',
      { system: 'travis', kind: 'unclear', reason: 'CI names no branch' },
      {},
      'it is unclear what to publish: CI names no branch',
    ],
    [
      'a push while nobody knows the default branch',
      push('x'),
      { defaultBranch: undefined },
      'nobody says which branch is the default; set default_branch in hermes.yaml',
    ],
    [
      'a commit that the remote does not hold',
      push('master'),
      { isOnRemoteDefault: false },
      'commit 3f1c2aa is not on master of the remote',
    ],
    [
      'another commit than CI speaks of',
      push('master', { commit: 'ffffffffff' }),
      {},
      'CI speaks of commit fffffff, but 3f1c2aa is checked out',
    ],
  ];
  for (const [what, event, more, reason] of nothing) {
    it(`publishes nothing for ${what}`, () => {
      assert.deepEqual(decidePublish(event, facts(more)), { kind: 'nothing', reason });
    });
  }

  it('builds for development by hand, also on the default branch, and says how a release happens', () => {
    assert.deepEqual(decidePublish(hand, facts({ branch: 'master' })), {
      kind: 'feature',
      branch: 'master',
      commit: head,
      reason: 'by hand, from master (releases come from CI, after a push to the default branch)',
    });
  });

  it('refuses by hand what is not committed, and names the files', () => {
    assert.throws(() => decidePublish(hand, facts({ branch: 'x', changedFiles: ['a.py', 'ü\n.py'] })), {
      message: 'Cannot publish by hand: these files are not committed.\n  a.py\n  ü<U+000A>.py',
      nextStep: 'Commit them (git add . && git commit), or put them aside (git stash --include-untracked).',
      exitCode: 2,
    });
  });

  it('says what it cannot do in the words of who asks', () => {
    const changed = facts({ branch: 'x', changedFiles: ['a.py'] });
    assert.throws(() => decidePublish(hand, changed, 'tell what a publish would take'), {
      message: 'Cannot tell what a publish would take: these files are not committed.\n  a.py',
    });
  });

  it('names twenty files and counts the others', () => {
    const changedFiles = Array.from({ length: 25 }, (_, index) => `${index}.py`);
    assert.throws(() => decidePublish(hand, facts({ branch: 'x', changedFiles })), /19\.py\n {2}and 5 more$/);
  });

  it('refuses by hand without a branch', () => {
    assert.throws(() => decidePublish(hand, facts()), {
      message: 'Cannot publish by hand [head=3f1c2aa]: no branch is checked out.',
      nextStep: 'Make one: git switch -c my-branch',
    });
  });

  it('never releases but for a push to the default branch that the remote holds', () => {
    const events = fc.record({
      system: fc.constantFrom('travis', 'github', 'gitlab', 'jenkins', 'unknown') as fc.Arbitrary<
        CiEvent['system']
      >,
      kind: fc.constantFrom('push', 'pull-request', 'tag', 'unclear') as fc.Arbitrary<CiEvent['kind']>,
      branch: fc.constantFrom('master', 'Master', 'main', 'refs/heads/master', ''),
      commit: fc.constantFrom(head, 'other'),
    });
    fc.assert(
      fc.property(
        events,
        fc.boolean(),
        fc.constantFrom('master', undefined),
        (event, isOnRemoteDefault, defaultBranch) => {
          const decision = decidePublish(event, facts({ isOnRemoteDefault, defaultBranch }));
          const mayRelease =
            event.kind === 'push' &&
            event.branch === defaultBranch &&
            isOnRemoteDefault &&
            event.commit === head;
          assert.equal(decision.kind === 'release', mayRelease);
        },
      ),
    );
  });
});

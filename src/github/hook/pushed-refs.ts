/** One ref that a push changed, as git tells its post-receive hook. */
export interface PushedRef {
  /** The commit before, undefined when the push created the ref. */
  readonly before: string | undefined;
  /** The commit after, undefined when the push deleted the ref. */
  readonly commit: string | undefined;
  /** Full ref, e.g. `refs/heads/feature/x`; hostile input. */
  readonly ref: string;
}

const NONE = /^0+$/;
const BRANCH = 'refs/heads/';

/** Reads the hook's lines `<old> <new> <ref>` (https://git-scm.com/docs/githooks#post-receive). */
export function parsePushedRefs(text: string): PushedRef[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = '', ...ref] = line.split(' ');
      return {
        before: NONE.test(before) ? undefined : before,
        commit: NONE.test(after) ? undefined : after,
        ref: ref.join(' '),
      };
    });
}

/** The branch that a ref names, or undefined for tags, notes and the like. */
export function branchOf(ref: string): string | undefined {
  return ref.startsWith(BRANCH) ? ref.slice(BRANCH.length) : undefined;
}

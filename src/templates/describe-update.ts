import type { RepositoryUpdate, UpdatedFile } from './resolve-update.ts';
import type { TemplateRelease } from './template-changes.ts';

/** What people read of an update where it is offered. */
export interface UpdateDescription {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** True when a person has to solve conflicts first. */
  readonly isDraft: boolean;
}

const OUTCOMES: Readonly<Record<UpdatedFile['outcome'], string>> = {
  keep: 'stays as it is',
  replace: 'replaced: nobody had changed it',
  add: 'added',
  merge: 'merged: your changes and those of the template',
  'stays-deleted': 'stays deleted, since you deleted it',
  remove: 'removed: the template does without it, and nobody had changed it',
  widen: 'lets this Hermes in: its line `hermes` changes, and nothing else',
  leave: 'left alone',
  conflict: 'conflict',
};

/**
 * What an update is, for the team that gets it: what changed and why, file by file, and what to do.
 * @param releases What the template changed since the repository's version, oldest first.
 */
export function describeUpdate(
  update: RepositoryUpdate,
  releases: readonly TemplateRelease[],
  defaultBranch: string,
): UpdateDescription {
  const conflicts = update.files.filter(({ outcome }) => outcome === 'conflict');
  const what =
    update.from === update.to ? `of Hermes ${update.to}` : `from Hermes ${update.from} to ${update.to}`;
  const sections = [
    'The parts of this repository that Hermes keeps (CI, `build_tools`, `.gitignore`) come from a template, and the template has changed. Your projects and your own files are not touched.',
    ...changesSection(releases),
    ...fileSection(update.files),
    ...conflictSection(conflicts),
    ...finishSection(conflicts.length > 0, defaultBranch),
  ];
  return {
    title: `Update the template ${what}`,
    body: `${sections.join('\n\n')}\n`,
    isDraft: conflicts.length > 0,
  };
}

/** Whether a person should read about it: everything but what stays as it is. */
export function isTold({ outcome, state }: UpdatedFile): boolean {
  return outcome !== 'keep' || state !== 'same';
}

/** `replaced: nobody had changed it`, in plain words. */
export function outcomeText(file: UpdatedFile): string {
  const text = file.outcome === 'keep' ? keptText(file) : OUTCOMES[file.outcome];
  const moved = file.from === undefined ? text : `${text} (it was ${file.from})`;
  return file.reason === undefined ? moved : `${moved}: ${file.reason}`;
}

function keptText({ state }: UpdatedFile): string {
  return state === 'changed' ? 'stays as you changed it' : OUTCOMES.keep;
}

function changesSection(releases: readonly TemplateRelease[]): string[] {
  if (releases.length === 0) return [];
  const lines = releases.flatMap(({ version, changes }) =>
    changes.map((change) => `- ${version}: ${change}`),
  );
  return ['### What changed', lines.join('\n')];
}

function fileSection(files: readonly UpdatedFile[]): string[] {
  const rows = files.filter(isTold).map((file) => `| \`${file.path}\` | ${outcomeText(file)} |`);
  return ['### File by file', ['| file | what happens |', '|---|---|', ...rows].join('\n')];
}

function conflictSection(conflicts: readonly UpdatedFile[]): string[] {
  if (conflicts.length === 0) return [];
  const marked = conflicts.filter(({ besides }) => besides === undefined);
  const names = marked.map(({ path }) => `\`${path}\``).join(', ');
  return [
    '### To be solved by you',
    ...(marked.length === 0 ? [] : [markedText(names)]),
    ...conflicts.flatMap(({ path, besides }) =>
      besides === undefined
        ? []
        : [
            `You changed \`${path}\`, and so did the template. It is no text, so nothing was merged: yours stands, and the template's is \`${besides}\`. To take that one: \`cp ${besides} ${path}\`, and commit to this branch. To keep yours, do nothing.`,
          ],
    ),
  ];
}

function markedText(names: string): string {
  return `You changed ${names} in the same places as the template did. Both versions stand in the file, between \`<<<<<<<\` and \`>>>>>>>\`: yours first, the template's second. Leave what is right, delete the marks and the rest, and commit to this branch.`;
}

function finishSection(hasConflicts: boolean, defaultBranch: string): string[] {
  const first = hasConflicts ? 'Solve the conflicts, mark it ready for review, and merge' : 'Merge';
  return [
    '### What to do',
    [
      `- **To take it:** ${first} when CI is green.`,
      `- **To change it:** commit to the branch \`hermes/update\`. From then on Hermes leaves it to you.`,
      `- **To refuse it:** close it. Hermes offers it again only when the template changes. \`${defaultBranch}\` is as it was.`,
    ].join('\n'),
  ];
}

import { ConfigError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import type { WantedRepository } from '../repository-host.ts';
import { describeWanted } from '../repository-taken.ts';
import type { FoundContent, FoundRepository } from './found-repository.ts';

/** Whether a repository is the wanted one, finished or not. */
export function isWanted(wanted: WantedRepository, found: FoundRepository, content: FoundContent): boolean {
  if (content.mark !== undefined) return wanted.mark.describe(content.mark) === describeWanted(wanted);
  return content.isBlank && found.description === wanted.settings.description;
}

/** The name belongs to something else: says what it is, for whoever has to decide. */
export function nameTaken(
  owner: string,
  { name, mark }: WantedRepository,
  found: FoundRepository,
  content: FoundContent,
): ConfigError {
  const is = content.mark === undefined ? undefined : mark.describe(content.mark);
  const what = [
    found.isArchived ? 'archived' : undefined,
    found.visibility,
    content.commits === 0 ? 'empty' : `${content.commits} commit${content.commits === 1 ? '' : 's'}`,
    found.pushedAt === undefined ? undefined : `last push ${found.pushedAt.slice(0, 10)}`,
    found.description === '' ? 'no description' : JSON.stringify(printableLine(found.description)),
  ].filter((part) => part !== undefined);
  const kind = is === undefined ? 'another repository' : `the ${is}`;
  return new ConfigError(
    `Cannot create repository ${owner}/${name}: the name belongs to ${kind} (${what.join(', ')}).`,
    {
      code: 'HERMES_REPOSITORY_TAKEN',
      facts: { repository: found.webUrl },
      nextStep: `Choose another name, or work on that one: git clone ${found.cloneUrl}`,
    },
  );
}

/** It is the wanted one, but nobody can work in it. */
export function archived(
  owner: string,
  { name }: WantedRepository,
  { webUrl }: FoundRepository,
): ConfigError {
  return new ConfigError(
    `Cannot create repository ${owner}/${name} [repository=${webUrl}]: it stands, and is archived.`,
    {
      code: 'HERMES_GITHUB_ARCHIVED',
      nextStep: `Take it out of the archive, or choose another name: ${webUrl}/settings`,
    },
  );
}

/** GitHub says that the name is taken, and shows nothing of it. */
export function hiddenName(owner: string, name: string): ConfigError {
  return new ConfigError(
    `Cannot create repository ${owner}/${name}: the name is taken by a repository that the token may not see.`,
    {
      code: 'HERMES_REPOSITORY_TAKEN',
      nextStep: `Choose another name, or ask an owner of ${owner} what it is.`,
    },
  );
}

import { resolveTeam } from '../src/config/resolve-environment.ts';
import type { CiRequest } from './ci-request.ts';
import { type Decision, decidePublish } from './decide.ts';
import { type CiEvent, detectCi } from './detect-ci.ts';
import { type Git, openGit } from './git.ts';
import { readRepositoryFacts } from './repository-facts.ts';

/** A repository in CI or by hand, and what may be published of it. */
export interface OpenedRepository {
  readonly git: Git;
  readonly team: string;
  readonly event: CiEvent;
  readonly decision: Decision;
}

/** Opens the repository of a folder and decides what may be published of it. @param aim as of {@link decidePublish} */
export async function openRepository(request: CiRequest, aim?: string): Promise<OpenedRepository> {
  const git = await openGit(request);
  const team = resolveTeam({ folder: git.root });
  const event = detectCi(request.env);
  const facts = await readRepositoryFacts(git, event);
  return { git, team, event, decision: decidePublish(event, facts, aim) };
}

import { isFeatureWish, parseVersionWish, type VersionWish } from '../../../artifacts/find-version.ts';
import { branchOfVersion, branchSlug, manifestKey, pointerKey } from '../../../artifacts/keys.ts';
import type { ArtifactRequest } from '../../../core/artifact-request.ts';

/** Where one version of a project stands in its store, for a reader that knows nothing of versions. */
interface VersionLookup {
  readonly team: string;
  readonly project: string;
  /** As the user wrote it, for messages. */
  readonly wish: string;
  readonly via: VersionWish['via'];
  /** Of a pointer, or of the manifest when `via` is `version`. */
  readonly key: string;
  /** Normalised; only when `via` is `version`. */
  readonly version?: string;
  /** A build that only development may run. */
  readonly is_feature: boolean;
}

/** What `resolve_artifacts` looks up for one task. */
export interface ArtifactLookup extends VersionLookup {
  readonly script: string;
  /** Absent = the wheel of the script's own version; `none` = no wheel. */
  readonly library?: VersionLookup | 'none';
}

/** Turns what a task asks for into keys of the store. Pure. */
export function artifactLookup(request: ArtifactRequest): ArtifactLookup {
  const { libraryVersion, script } = request;
  const found = versionLookup(request, request.scriptVersion);
  if (libraryVersion === undefined) return { ...found, script };
  return {
    ...found,
    script,
    library: libraryVersion === 'none' ? 'none' : versionLookup(request, libraryVersion),
  };
}

function versionLookup({ team, project }: ArtifactRequest, text: string): VersionLookup {
  const wish = parseVersionWish(text);
  const shared = { team, project, wish: text, via: wish.via, is_feature: isFeatureWish(wish) };
  if (wish.via === 'version') {
    const branch = branchOfVersion(wish.version);
    const key = manifestKey({
      team,
      project,
      version: wish.version,
      ...(branch === undefined ? {} : { branch }),
    });
    return { ...shared, key, version: wish.version };
  }
  return {
    ...shared,
    key: pointerKey({ team, project, ...(wish.via === 'branch' ? { branch: branchSlug(wish.ref) } : {}) }),
  };
}

import { findVersion } from '../../src/artifacts/find-version.ts';
import { movePointer, type PointerMove, planPointerMove } from '../../src/artifacts/pointer.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { swiftClock } from '../fakes/swift-clock.ts';
import { publishFixture, team } from './published.ts';

export const owner = { team, project: 'observations' };

/** Publishes a release and offers it to `latest`, as CI does. */
export async function release(store: ArtifactStore, version: string): Promise<PointerMove> {
  await publishFixture(store, { version, pointer: false });
  const found = await findVersion(store, owner.team, owner.project, { via: 'version', version });
  const target = {
    version,
    commit: found?.manifest.commit ?? '',
    manifest: { key: found?.key ?? '', sha256: found?.sha256 ?? '' },
    movedAt: '2026-11-21T06:00:00.000Z',
    movedBy: 'https://ci.example/7',
    reason: 'push to master',
  };
  const decide = (current: Parameters<typeof planPointerMove>[0]) => planPointerMove(current, target);
  return movePointer(store, owner, decide, undefined, swiftClock());
}

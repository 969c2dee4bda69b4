import type { Pin } from '../../artifacts/pin.ts';
import type { ArtifactRequest } from '../../core/artifact-request.ts';

/** A pin that stands in for artifacts that were not looked up or are not there, so that a request can be rendered. */
export function madeUpPin({ team, project, script }: ArtifactRequest): Pin {
  return {
    team,
    project,
    script,
    version: '1.0.0',
    commit: '0'.repeat(40),
    via: 'version',
    scriptUrl: `file:///${script}-1.0.0.py`,
    scriptSha256: '0'.repeat(64),
    wheelUrl: `file:///${project}-1.0.0-py3-none-any.whl`,
    wheelSha256: '0'.repeat(64),
    wheelVersion: '1.0.0',
  };
}

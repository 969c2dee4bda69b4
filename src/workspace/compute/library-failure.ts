import { brokenTask, type Ending } from '../jobs/run-state.ts';
import type { TaskLibrary } from '../jobs/task-work.ts';

/** Libraries that could not be installed, worded as Databricks does. @param detail What the installer said */
export function libraryFailure(libraries: readonly TaskLibrary[], clusterId: string, detail: string): Ending {
  const names = libraries.map((library) => `${library.kind}: "${nameOf(library)}"`).join(', ');
  const place = clusterId === '' ? 'the driver node' : `the driver node of cluster ${clusterId}`;
  return brokenTask(
    'LIBRARY_INSTALLATION_ERROR',
    'CLIENT_ERROR',
    `Library installation failed for library due to user error for ${names} Error messages: Library installation attempted on ${place} and failed. ${detail} Error Code: ${codeOf(detail)}`,
  );
}

function nameOf(library: TaskLibrary): string {
  return library.kind === 'pypi' ? library.requirement : library.location;
}

// pip and uv, in their own words.
function codeOf(detail: string): string {
  return /No matching distribution found|was not found in the package registry/.test(detail)
    ? 'NO_MATCHING_DISTRIBUTION_ERROR'
    : 'DRIVER_LIBRARY_INSTALLATION_FAILURE';
}

import { nearestFile } from '../core/nearest-file.ts';

/** The platform's own file: what every team gets in each environment. */
export const PLATFORM_FILE = 'hermes.platform.yaml';

/** The nearest {@link PLATFORM_FILE} upwards from a folder; undefined when there is none. */
export function findPlatformFile(folder: string): string | undefined {
  return nearestFile(folder, PLATFORM_FILE);
}

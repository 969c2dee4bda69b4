import { ConfigError } from '../src/core/errors.ts';
import { isSameVersion } from '../src/core/pep440.ts';
import { type BuiltFolder, readBuiltWheel } from './built-folder.ts';
import type { WheelSource } from './prepare-build.ts';
import { parseWheelName, readWheelMetadata, type WheelMetadata } from './wheel.ts';

/**
 * Takes the wheels that `hermes build` left in a folder, perhaps on another machine. Scripts, hashes and names are
 * read anew by the caller, and what the wheel says of itself must fit the project: whoever could write to the folder
 * gets no other project and no other version published.
 */
export function takeBuiltWheels(folder: string, list: BuiltFolder): WheelSource {
  return async (_copy, project) => {
    const wheel = await readBuiltWheel(folder, list, project.name);
    const refuse = (reason: string): ConfigError =>
      new ConfigError(`Cannot publish ${project.name} from ${folder}: ${reason}.`, {
        code: 'HERMES_FOREIGN_WHEEL',
        facts: { wheel: wheel.fileName },
        nextStep: `Build it again: hermes build ${project.name} --out ${folder}`,
      });
    const metadata: WheelMetadata | undefined = await readWheelMetadata(wheel.bytes).catch(() => undefined);
    if (metadata === undefined) throw refuse('this is no wheel');
    if (normalised(metadata.name) !== normalised(project.name))
      throw refuse(`the wheel is of ${metadata.name}`);
    if (project.version !== undefined && !isSameVersion(metadata.version, project.version))
      throw refuse(`the wheel is of version ${metadata.version}, the project says ${project.version}`);
    if (parseWheelName(wheel.fileName)?.tags.endsWith('-any') !== true)
      throw refuse('the wheel is bound to one platform');
    return wheel;
  };
}

/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
function normalised(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

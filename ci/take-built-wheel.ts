import { ConfigError } from '../src/core/errors.ts';
import { isSameVersion } from '../src/core/pep440.ts';
import { printableLine } from '../src/core/printable.ts';
import { type BuiltFolder, readBuiltWheel } from './built-folder.ts';
import type { WheelSource } from './prepare-build.ts';
import { isSameDistribution, openWheel } from './wheel.ts';

/**
 * Takes the wheels that `hermes build` left in a folder, perhaps on another machine. Scripts, hashes and names are
 * read anew by the caller, and what the wheel says of itself must fit the project: whoever could write to the folder
 * gets no other project and no other version published.
 */
export function takeBuiltWheels(folder: string, list: BuiltFolder): WheelSource {
  return async (_copy, project) => {
    const wheel = await readBuiltWheel(folder, list, project.name);
    const refuse = (reason: string): ConfigError =>
      new ConfigError(`Cannot publish ${project.name} from ${folder}: ${printableLine(reason)}.`, {
        code: 'HERMES_FOREIGN_WHEEL',
        facts: { wheel: printableLine(wheel.fileName) },
        nextStep: `Build it again: hermes build ${project.name} --out ${folder}`,
      });
    const { name, metadata } = await openWheel(wheel).catch((error: Error) => {
      throw refuse(`nobody can install the wheel: ${error.message.replace(/\.$/, '')}`);
    });
    if (!isSameDistribution(metadata.name, project.name)) throw refuse(`the wheel is of ${metadata.name}`);
    if (project.version !== undefined && !isSameVersion(metadata.version, project.version))
      throw refuse(`the wheel is of version ${metadata.version}, the project says ${project.version}`);
    if (!name.tags.endsWith('-any')) throw refuse('the wheel is bound to one platform');
    return wheel;
  };
}

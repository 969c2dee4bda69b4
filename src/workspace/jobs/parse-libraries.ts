import type { Json } from '../../core/json.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readableLocation } from './locations.ts';
import type { TaskLibrary } from './task-work.ts';

/** Reads `libraries` of a task. @throws ApiError for a kind that this workspace does not install. */
export function parseLibraries(list: readonly Json[]): TaskLibrary[] {
  return list.map((item) => {
    const library = fieldsOf(item, 'libraries.');
    const [kind = 'nothing'] = Object.keys(library.value);
    if (kind === 'whl') return { kind, location: readableLocation(library.requiredText('whl'), 'whl') };
    if (kind === 'requirements')
      return { kind, location: readableLocation(library.requiredText('requirements'), 'requirements') };
    if (kind !== 'pypi')
      throw invalidParameter(
        `Libraries of kind ${kind} are not supported here. Supported: whl, pypi, requirements.`,
      );
    const pypi = fieldsOf(library.object('pypi'), 'libraries.pypi.');
    const index = pypi.text('repo');
    return {
      kind,
      requirement: requirement(pypi.requiredText('package')),
      ...(index ? { index: repository(index) } : {}),
    };
  });
}

/** Reads `environments` of a serverless job: key → what its tasks have installed. */
export function parseEnvironments(list: readonly Json[]): ReadonlyMap<string, readonly TaskLibrary[]> {
  return new Map(
    list.map((item, index) => {
      const environment = fieldsOf(item, `environments[${index}].`);
      const spec = fieldsOf(environment.object('spec') ?? {}, `environments[${index}].spec.`);
      return [
        environment.requiredText('environment_key'),
        spec.texts('dependencies').map((dependency) => dependencyOf(dependency.trim())),
      ];
    }),
  );
}

/** One line as of a requirements file: a requirement, a wheel, or `-r` with a file. */
function dependencyOf(line: string): TaskLibrary {
  const file = /^-r\s+(\S+)$/.exec(line)?.[1];
  if (file !== undefined) return { kind: 'requirements', location: readableLocation(file, 'dependencies') };
  if (/\.whl$/i.test(line)) return { kind: 'whl', location: readableLocation(line, 'dependencies') };
  return { kind: 'pypi', requirement: requirement(line) };
}

// pip reads a line that begins with a dash as an option, and a path or URL as something to build.
function requirement(text: string): string {
  if (/^[A-Za-z0-9][^\n\r]*$/.test(text) && !/^[a-z+]+:\/\//i.test(text)) return text;
  throw invalidParameter(
    `${JSON.stringify(text)} is not a requirement that this workspace installs, such as "requests==2.32.3".`,
  );
}

function repository(index: string): string {
  if (/^https?:\/\/\S+$/i.test(index)) return index;
  throw invalidParameter(`libraries.pypi.repo ${JSON.stringify(index)} is not an http(s) URL.`);
}

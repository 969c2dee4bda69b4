import { ConfigError, WorkFailedError } from '../src/core/errors.ts';
import { printable } from '../src/core/printable.ts';
import type { BuildSystem } from './projects.ts';
import { lastLines } from './subprocess.ts';

interface FailedBuild {
  readonly projectName: string;
  readonly buildSystem: BuildSystem;
}

const SAID_LINES = 12;
const PRINTED_LINES = 8;

// Modules of back ends that are not called like the package they come in.
const PACKAGES: Readonly<Record<string, string>> = {
  poetry: 'poetry-core',
  pdm: 'pdm-backend',
  mesonpy: 'meson-python',
  flit_core: 'flit_core>=3.12,<5',
  uv_build: 'uv_build>=0.9,<0.14',
};

/**
 * A build that did not succeed.
 * @param reason ends with a full stop, unless the back end's words follow
 * @param output everything that was printed; its last lines are shown
 * @param said what the back end raised, with the project's own code that it went through
 */
export function buildFailed(
  { projectName, buildSystem }: FailedBuild,
  reason: string,
  output = '',
  said: readonly string[] = [],
): WorkFailedError {
  const printed = lastLines(output, PRINTED_LINES).split('\n').filter(isNews(said));
  const shown = [
    ...said.slice(0, SAID_LINES),
    ...(said.length > 0 && printed.length > 0 ? ['It printed:'] : []),
    ...printed,
  ];
  const words = shown.length === 0 ? [] : [`\n${printable(shown.map((line) => `  ${line}`).join('\n'))}`];
  const message = `Cannot build the wheel of ${projectName}: ${[reason, ...words].join('')}`;
  return new WorkFailedError(message, {
    code: 'HERMES_BUILD_FAILED',
    facts: { backend: buildSystem.backend },
    nextStep: 'Correct the project, and try it with: python -m build --wheel',
  });
}

/** A back end that is not in its environment: `requires` forgot it, or its name is misspelt. */
export function backendMissing({ projectName, buildSystem }: FailedBuild, module: string): ConfigError {
  const requirement = PACKAGES[module] ?? module.replaceAll('_', '-');
  const isMisspelt = module.includes('.');
  const requires = buildSystem.requires.join(', ') || 'nothing';
  return new ConfigError(
    `Cannot build the wheel of ${projectName}: there is no module ${printable(module)} in its build environment.`,
    {
      code: 'HERMES_BACKEND_MISSING',
      facts: { backend: buildSystem.backend, requires },
      nextStep: isMisspelt
        ? 'Correct build-backend in [build-system] of pyproject.toml.'
        : `Add it to [build-system] of pyproject.toml, perhaps: requires = ["${requirement}"]`,
    },
  );
}

/** setuptools writes 0.0.0 where it finds no version at all. */
export function versionMissing({ projectName, buildSystem }: FailedBuild): ConfigError {
  return new ConfigError(
    `Cannot build the wheel of ${projectName}: the back end found no version and wrote 0.0.0.`,
    {
      code: 'HERMES_NO_VERSION',
      facts: { backend: buildSystem.backend },
      nextStep:
        'Write `version = "0.1.0"` in [project] of pyproject.toml, or say where it is in [tool.setuptools.dynamic].',
    },
  );
}

function isNews(said: readonly string[]): (line: string) => boolean {
  return (line) => line.trim() !== '' && !said.includes(line.trim());
}

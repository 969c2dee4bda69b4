import { join, relative } from 'node:path';
import { WorkFailedError } from '../src/core/errors.ts';
import type { Python } from '../src/core/python.ts';
import { projectCodeEnvironment } from './program-environment.ts';
import { runCommand } from './subprocess.ts';

export interface SyntaxQuestion {
  /** Absolute paths of scripts. */
  readonly scripts: readonly string[];
  /** The copy of the project that they lie in. */
  readonly folder: string;
  /** Where the project lies in the repository: messages name the scripts from there. */
  readonly projectFolder: string;
  /** As messages call the project. */
  readonly projectName: string;
  readonly python: Python;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

interface Mistake {
  readonly path: string;
  readonly line: number | null;
  readonly message: string;
}

// Compiles and runs nothing; -I keeps the folder of the project out of the interpreter.
const COMPILE = `
import json, sys, warnings
warnings.simplefilter("ignore")
found = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        text = file.read()
    try:
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        found.append({"path": path, "line": getattr(error, "lineno", None), "message": getattr(error, "msg", str(error))})
print(json.dumps(found))
`;

/**
 * Refuses scripts that Python cannot read: without tests nobody would notice before the first run.
 * @throws WorkFailedError with one line for each script
 */
export async function checkSyntax(question: SyntaxQuestion): Promise<void> {
  const { scripts, folder, projectFolder, projectName, python, signal } = question;
  if (scripts.length === 0) return;
  const options = { cwd: folder, env: projectCodeEnvironment(question.env, {}), signal };
  const result = await runCommand(python.executable, ['-I', '-c', COMPILE, ...scripts], options);
  const mistakes = result.exitCode === 0 ? (JSON.parse(result.stdout) as readonly Mistake[]) : [];
  if (mistakes.length === 0) return;
  const lines = mistakes.map(({ path, line, message }) => {
    const place = [join(projectFolder, relative(folder, path)), line]
      .filter((part) => part !== null)
      .join(':');
    return `  ${place}  ${message}`;
  });
  throw new WorkFailedError(`Cannot publish ${projectName}: Python cannot read\n${lines.join('\n')}`, {
    code: 'HERMES_SCRIPT_SYNTAX',
    facts: { python: python.version },
    nextStep: 'Correct what is named, commit, and push or publish again.',
  });
}

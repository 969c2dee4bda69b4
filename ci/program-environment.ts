/** Names of variables whose values open a door. */
const SECRET =
  /^(AWS|AZURE|ARM|GOOGLE|DATABRICKS|GIT_ASKPASS|SSH_AUTH)_|TOKEN|SECRET|PASSW|CREDENTIAL|_KEY$|_API_KEY/i;
// Package indexes may need their own credentials to install anything at all.
const PACKAGE_TOOL = /^(PIP|UV)_/;

/**
 * The environment for code of a project: its tests and its build back end. Without credentials, so that a branch
 * nobody reviewed cannot carry them away; without bytecode files, so that the work tree stays as it is committed.
 */
export function projectCodeEnvironment(env: NodeJS.ProcessEnv, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const harmless = Object.entries(env).filter(
    ([name]) => !SECRET.test(name) && !PACKAGE_TOOL.test(name) && !/^PYTHON(PATH|HOME)$/.test(name),
  );
  return { ...Object.fromEntries(harmless), PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', ...more };
}

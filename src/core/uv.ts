import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether uv may install packages where pip is the usual way.
 * uv does not read the settings of pip: where those name a package index, uv would ask the wrong one
 * (https://docs.astral.sh/uv/pip/compatibility/).
 */
export function mayUseUv(env: NodeJS.ProcessEnv): boolean {
  const names = Object.keys(env);
  if (names.some((name) => /^UV_(DEFAULT_)?INDEX/.test(name))) return true;
  const home = env.HOME ?? '';
  const files = ['/etc/pip.conf', join(home, '.config', 'pip', 'pip.conf'), join(home, '.pip', 'pip.conf')];
  const isPipSet = names.some((name) => /^PIP_(.*INDEX|FIND_LINKS|CONFIG_FILE)/.test(name));
  return !isPipSet && !files.some((file) => existsSync(file));
}

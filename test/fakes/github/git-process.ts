import { execFile } from 'node:child_process';

/** Runs git in a bare repository; answers its standard output as bytes. */
export function gitBytes(
  folder: string,
  words: readonly string[],
  input: string | Uint8Array = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        GIT_DIR: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        ...env,
      },
      encoding: 'buffer',
      maxBuffer: 2 ** 28,
    } as const;
    const child = execFile('git', [...words], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`git ${words.join(' ')}: ${stderr.toString().trim()}`));
    });
    child.stdin?.on('error', () => {}).end(input);
  });
}

/** The same, as a text without the last line end. */
export async function gitText(
  folder: string,
  words: readonly string[],
  input: string | Uint8Array = '',
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return (await gitBytes(folder, words, input, env)).toString().replace(/\n$/, '');
}

/** Undefined where git says no. */
export async function gitMaybe(folder: string, words: readonly string[]): Promise<string | undefined> {
  try {
    return await gitText(folder, words);
  } catch {
    return undefined;
  }
}

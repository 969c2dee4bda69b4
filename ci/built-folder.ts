import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../src/core/errors.ts';
import { makeFolder } from '../src/core/make-folder.ts';
import { hermesVersion } from '../src/core/package-root.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import type { WheelFile } from './reversion-wheel.ts';

const FILE = 'hermes-build.json';

const schema = z.strictObject({
  commit: z.string(),
  /** Version of Hermes. */
  builder: z.string(),
  /** By project. */
  wheels: z.record(z.string(), z.strictObject({ file: z.string(), sha256: z.string() })),
});

/** What `hermes build` leaves for `hermes publish --from`: a wheel for each project, of one commit. */
export type BuiltFolder = z.infer<typeof schema>;

/** Writes the wheels as `<folder>/<project>/<wheel>`, and the list of them last; an older list goes first. */
export async function writeBuiltFolder(
  folder: string,
  commit: string,
  built: ReadonlyMap<string, WheelFile>,
): Promise<void> {
  await rm(join(folder, FILE), { force: true });
  const wheels: Record<string, { file: string; sha256: string }> = {};
  for (const [project, { fileName, bytes }] of built) {
    await rm(join(folder, project), { recursive: true, force: true });
    makeFolder(join(folder, project));
    await writeFile(join(folder, project, fileName), bytes);
    wheels[project] = { file: fileName, sha256: sha256Hex(bytes) };
  }
  makeFolder(folder);
  const list: BuiltFolder = { commit, builder: hermesVersion, wheels };
  await writeFile(join(folder, FILE), `${JSON.stringify(list, null, 2)}\n`);
}

/**
 * Reads what `hermes build` left.
 * @throws ConfigError when the folder holds no build, or one of another commit
 */
export function readBuiltFolder(folder: string, commit: string): BuiltFolder {
  const list = parseList(folder);
  if (list.commit === commit) return list;
  throw new ConfigError(`Cannot publish from ${folder}: it was built from another commit.`, {
    code: 'HERMES_OTHER_BUILD',
    facts: { built: list.commit.slice(0, 7), commit: commit.slice(0, 7) },
    nextStep: `Build this commit: hermes build --out ${folder}`,
  });
}

/**
 * The wheel of one project. Code of the project ran where it was built, so it is checked again by its reader.
 * @throws ConfigError when the folder has none, or another than the list names
 */
export async function readBuiltWheel(folder: string, list: BuiltFolder, project: string): Promise<WheelFile> {
  const entry = list.wheels[project];
  const fileName = entry?.file ?? '';
  const isName = /^[^/\\]+\.whl$/.test(fileName);
  const bytes = isName ? await readFile(join(folder, project, fileName)).catch(() => undefined) : undefined;
  if (bytes !== undefined && sha256Hex(bytes) === entry?.sha256) return { fileName, bytes };
  const reason =
    entry === undefined ? 'it is not published yet, and was not built' : 'its wheel is gone or another one';
  throw new ConfigError(`Cannot publish ${project} from ${folder}: ${reason}.`, {
    code: 'HERMES_NOT_BUILT',
    nextStep: `Build it in the job before: hermes build ${project} --out ${folder}`,
  });
}

function parseList(folder: string): BuiltFolder {
  try {
    return schema.parse(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));
  } catch (cause) {
    throw new ConfigError(`Cannot publish from ${folder}: hermes build has left nothing there.`, {
      code: 'HERMES_NOT_BUILT',
      facts: { missing: join(folder, FILE) },
      nextStep: `Build first: hermes build --out ${folder}`,
      cause,
    });
  }
}

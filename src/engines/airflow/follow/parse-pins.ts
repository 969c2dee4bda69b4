import { z } from 'zod';
import type { Pin } from '../../../artifacts/pin.ts';
import type { Json } from '../../../core/json.ts';

const optional = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === '' ? undefined : text));

const pinSchema = z.object({
  team: z.string(),
  project: z.string(),
  script: z.string(),
  version: z.string(),
  commit: z.string(),
  via: z.enum(['latest', 'branch', 'version']),
  script_url: z.string(),
  script_sha256: z.string(),
  wheel_url: optional,
  wheel_sha256: optional,
  wheel_version: optional,
  runtime_url: optional,
  runtime_sha256: optional,
});

/** Reads what the first task of a DAG run returned, by task id. Empty for anything else. */
export function parsePins(value: Json | undefined): ReadonlyMap<string, Pin> {
  const found = z.record(z.string(), pinSchema).safeParse(value);
  return new Map(Object.entries(found.data ?? {}).map(([taskId, pin]) => [taskId, pinOf(pin)]));
}

function pinOf(found: z.infer<typeof pinSchema>): Pin {
  const { team, project, script, version, commit, via, script_url, script_sha256 } = found;
  return {
    team,
    project,
    script,
    version,
    commit,
    via,
    scriptUrl: script_url,
    scriptSha256: script_sha256,
    ...(found.wheel_url === undefined ? {} : { wheelUrl: found.wheel_url }),
    ...(found.wheel_sha256 === undefined ? {} : { wheelSha256: found.wheel_sha256 }),
    ...(found.wheel_version === undefined ? {} : { wheelVersion: found.wheel_version }),
    ...(found.runtime_url === undefined ? {} : { runtimeUrl: found.runtime_url }),
    ...(found.runtime_sha256 === undefined ? {} : { runtimeSha256: found.runtime_sha256 }),
  };
}

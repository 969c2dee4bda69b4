import { sha256Hex } from '../../../../src/core/sha256.ts';
import { BUILD_INDEX, renderBuildIndex } from '../../../../src/engines/airflow/compile/build-index.ts';
import type { BuildFiles } from '../../../../src/engines/airflow/compile/plan-build.ts';
import type { Standing } from '../../../../src/engines/airflow/deploy/deploy-home.ts';
import {
  type DeployPlan,
  type DeployRequest,
  planDeploy,
} from '../../../../src/engines/airflow/deploy/plan-deploy.ts';

interface Shape {
  /** Content of each DAG by its id. */
  readonly dags: Readonly<Record<string, string>>;
  /** A power of two. */
  readonly shards?: number;
  /** Loaders read manifests of their own number and of lower ones. */
  readonly loader?: number;
}

/** A build as `planBuild` lays it out, with shards as small as a test likes. */
export function aBuild({ dags, shards = 1, loader = 1 }: Shape): BuildFiles {
  const files = new Map<string, string>();
  const index: Record<string, { file: string; source: string; sha256: string }> = {};
  const ids = Object.keys(dags).sort();
  for (let shard = 0; shard < (ids.length === 0 ? 0 : shards); shard += 1) {
    const lines = ids
      .filter((id) => Number.parseInt(sha256Hex(id).slice(0, 4), 16) % shards === shard)
      .map((id) => {
        const line = JSON.stringify({ dag_id: id, content: dags[id], loader });
        index[id] = {
          file: `hermes_dags_${shard}.py`,
          source: `dags/${id}.dag.yaml`,
          sha256: sha256Hex(line),
        };
        return line;
      });
    files.set(`hermes_dags_${shard}.json`, `[\n${lines.join(',\n')}\n]\n`);
    files.set(`hermes_dags_${shard}.py`, `# loader ${loader}\n`);
  }
  const hashes = Object.fromEntries([...files].map(([name, text]) => [name, sha256Hex(text)]));
  files.set(
    BUILD_INDEX,
    renderBuildIndex({ format: 1, form: 'manifest', builder: '1.0.0', dags: index, files: hashes }),
  );
  return files;
}

/** A request to deploy that nothing speaks against. */
export function aRequest(files: BuildFiles, more: Partial<DeployRequest> = {}): DeployRequest {
  const note = { at: '2026-11-21T06:00:00.000Z', by: 'Ana' };
  return { team: 'weather', files, note, order: 'unknown', ...more };
}

/** A decision as `deploy` takes it. */
export function decides(request: DeployRequest): (standing: Standing) => DeployPlan {
  return (standing) => planDeploy(request, standing);
}

/** What Airflow loads from files: the content of each DAG. @throws Error for what no loader could load */
export function loadDags(files: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, text] of files) {
    if (!name.endsWith('.py')) continue;
    const manifest = files.get(name.replace(/\.py$/, '.json'));
    if (manifest === undefined) throw new Error(`${name} has no manifest`);
    const able = Number(/^# loader (\d+)\n+$/.exec(text)?.[1]);
    for (const { dag_id: id, content, loader } of JSON.parse(manifest)) {
      if (!(able >= loader)) throw new Error(`${name} cannot read what loader ${loader} reads`);
      found.set(id, content);
    }
  }
  return found;
}

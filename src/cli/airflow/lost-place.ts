import { dirname, isAbsolute, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../../core/errors.ts';
import { nearestFile } from '../../core/nearest-file.ts';
import type { Cli } from '../cli.ts';
import type { DeployPlace } from './deploy-place.ts';

/**
 * CI works in a checkout that goes with its run, and what is deployed into it goes too: a green run that deployed
 * nothing for anybody.
 * @throws ConfigError for a place that nobody named, and that lies in the checkout
 */
export function refuseLostPlace({ cwd, home }: Cli, { isEmbedded, environment }: DeployPlace): void {
  const mark = nearestFile(cwd, '.git');
  const checkout = mark === undefined ? cwd : dirname(mark);
  if (!isEmbedded || !isInside(home.root, checkout)) return;
  const place = pathToFileURL(home.airflowDags(environment)).href;
  throw new ConfigError(
    `Cannot deploy to ${environment} [place=${place}]: hermes.yaml names no airflow.${environment}.dags, and this folder goes with the run of CI.`,
    {
      code: 'HERMES_NO_DEPLOY_PLACE',
      nextStep: `Name it in hermes.yaml: airflow: { ${environment}: { dags: s3://acme-airflow-${environment} } }. On a runner that keeps its disk, set HERMES_HOME to a folder outside of the checkout.`,
    },
  );
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !(way.startsWith('..') || isAbsolute(way));
}

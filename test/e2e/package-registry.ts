import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hermesVersion } from '../../src/core/package-root.ts';
import { hermesMain } from '../hermes.ts';
import { temporaryFolder, whenAllIsOver } from '../setup.ts';

const NAME = 'hermes-data-products';

/**
 * A package registry that holds one package: this checkout, as the release that a repository asks for. What npm
 * installs from it is a command that runs the built `hermes`; it has no dependencies, so nobody else is asked.
 * @returns the URL for `npm_config_registry`
 */
export async function servePackage(): Promise<string> {
  const tarball = readFileSync(packCommand());
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/${NAME}.tgz`;
    const version = {
      name: NAME,
      version: hermesVersion,
      bin: { hermes: 'hermes.mjs' },
      dist: { tarball: url },
    };
    if (request.url === `/${NAME}`) {
      response.setHeader('content-type', 'application/json');
      const about = {
        name: NAME,
        'dist-tags': { latest: hermesVersion },
        versions: { [hermesVersion]: version },
      };
      response.end(JSON.stringify(about));
    } else if (request.url === `/${NAME}.tgz`) {
      response.end(tarball);
    } else {
      response.writeHead(404).end('{}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenAllIsOver(async () => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function packCommand(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'package'));
  const manifest = { name: NAME, version: hermesVersion, type: 'module', bin: { hermes: 'hermes.mjs' } };
  writeFileSync(join(folder, 'package', 'package.json'), JSON.stringify(manifest));
  const main = pathToFileURL(hermesMain).href;
  writeFileSync(join(folder, 'package', 'hermes.mjs'), `#!/usr/bin/env node\nawait import('${main}');\n`, {
    mode: 0o755,
  });
  const path = join(folder, 'package.tgz');
  execFileSync('tar', ['-czf', path, '-C', folder, 'package']);
  return path;
}

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openPlaceOfDags } from '../../../../src/engines/airflow/deploy/place-of-dags.ts';
import { temporaryFolder } from '../../../setup.ts';

describe('the place of DAGs, when it fails', () => {
  it('is told as what it is, not as a store of artifacts, and as nothing that another try mends', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const place = await openPlaceOfDags(pathToFileURL(join(file, 'dags')).href);
    await assert.rejects(place.create('dags/a', Buffer.from('')), {
      message: `Cannot use the place of DAGs [to=file://${file}/dags]: a file lies where a folder belongs.`,
      nextStep:
        'Correct it where it is named (airflow.ENVIRONMENT.dags of hermes.yaml, or --to), or remove the file.',
      exitCode: 2,
    });
    assert.equal(await place.read('dags/a'), undefined);
  });

  it('names the setting of the place when its bucket does not exist', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const aws = {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    const before = Object.keys(aws).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, aws);
    try {
      const place = await openPlaceOfDags('s3://nixbucket/x');
      await assert.rejects(place.read('dags/a'), {
        message:
          'Cannot read from the place of DAGs [to=s3://nixbucket/x, key=dags/a, status=404]: there is no bucket nixbucket.',
        nextStep:
          'Correct it where it is named (airflow.ENVIRONMENT.dags of hermes.yaml, or --to), or have the bucket made. Hermes never makes one.',
        code: 'HERMES_STORE_NO_BUCKET',
        exitCode: 2,
      });
      await assert.rejects(
        (async () => {
          for await (const { key } of place.list('dags/')) assert.fail(key);
        })(),
        {
          message:
            /^Cannot list the place of DAGs \[to=s3:\/\/nixbucket\/x.*\]: there is no bucket nixbucket\.$/,
        },
      );
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      server.close();
    }
  });

  it('is named in a mistake of its address', async () => {
    await assert.rejects(openPlaceOfDags('s3://x'), { message: /^Cannot open the place of DAGs / });
  });
});

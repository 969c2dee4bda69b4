import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, hermes, printedObjects } from '../../hermes.ts';
import type { S3Server } from '../../s3/s3-server.ts';
import { seaweedFs } from '../../s3/servers.ts';
import { temporaryFolder } from '../../setup.ts';

const finding = (done: Finished, name: string) =>
  printedObjects(done.stdout).find((each) => each.name === name);

describe('hermes doctor, for a store in a bucket', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const repository = join(folder, 'weather');
  let server: S3Server;
  let store = '';
  before(async () => {
    server = await seaweedFs();
    store = `s3://${server.bucket}/doctor`;
    await hermes(folder, ['repo', 'create', 'weather', '--no-ci']);
    writeFileSync(
      join(repository, 'hermes.yaml'),
      `hermes: ^1.0\nteam: weather\nartifacts:\n  dev: ${store}\n`,
    );
  });

  /** With the AWS settings that are given, and no others of this machine. */
  async function doctor(aws: NodeJS.ProcessEnv): Promise<Finished> {
    const none = { AWS_PROFILE: '', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    return hermes(repository, ['doctor', '--json'], { ...none, AWS_EC2_METADATA_DISABLED: 'true', ...aws });
  }
  const keys = ({ credentials, endpoint }: S3Server['owner']): NodeJS.ProcessEnv => ({
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });

  it('finds it well by the variables that every AWS tool reads, and prints nothing else', async () => {
    const done = await doctor(keys(server.owner));
    assert.equal(finding(done, 'environment dev').detail, `real, 0 files of weather in ${store}`);
    assert.equal(done.stderr, '');
    assert.equal(done.exitCode, 0);
  });

  it('finds it well by a profile too', async () => {
    const file = join(temporaryFolder(), 'config');
    const { credentials, endpoint } = server.owner;
    writeFileSync(
      file,
      `[profile tests]\nendpoint_url = ${endpoint}\naws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = ${credentials.secretAccessKey}\n`,
    );
    const done = await doctor({ AWS_CONFIG_FILE: file, AWS_PROFILE: 'tests' });
    assert.equal(finding(done, 'environment dev').state, 'ok', done.stdout);
  });

  it('names the cure where there are no credentials, wrong ones, no rights, or no host', async () => {
    const { owner, stranger } = server;
    const wrong = { ...owner, credentials: { ...owner.credentials, secretAccessKey: 'not-the-secret' } };
    const cases: readonly [NodeJS.ProcessEnv, string, string][] = [
      [
        { AWS_ENDPOINT_URL_S3: owner.endpoint },
        `[store=${store}]: no AWS credentials were found.`,
        'Sign in again (aws sso login), or choose another profile by AWS_PROFILE; in CI give the job a role.',
      ],
      [
        keys(wrong),
        `[store=${store}, status=403]: it refuses the signature, so the secret key is not that of the access key.`,
        'Correct AWS_SECRET_ACCESS_KEY or the AWS profile: a missing or added character is enough.',
      ],
      [
        keys(stranger),
        `[store=${store}, status=403]: access is denied.`,
        'The credentials need s3:ListBucket on the bucket. See who you are with: aws sts get-caller-identity',
      ],
      [
        { ...keys(owner), AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' },
        `[store=${store}, host=127.0.0.1:1]: its host cannot be reached.`,
        'Check the network, and AWS_ENDPOINT_URL_S3 or endpoint_url of the AWS profile when the store is not on AWS.',
      ],
    ];
    for (const [aws, what, cure] of cases) {
      const done = await doctor(aws);
      assert.deepEqual(finding(done, 'environment dev'), {
        name: 'environment dev',
        state: 'failed',
        detail: `Cannot list the artifact store ${what}`,
        cure,
      });
      assert.equal(done.exitCode, 1);
      const secret = aws.AWS_SECRET_ACCESS_KEY;
      assert.ok(secret === undefined || !`${done.stdout}${done.stderr}`.includes(secret));
    }
  });

  it('names an endpoint that is no URL', async () => {
    const done = await doctor({ ...keys(server.owner), AWS_ENDPOINT_URL_S3: '127.0.0.1:9000' });
    assert.deepEqual(finding(done, 'environment dev'), {
      name: 'environment dev',
      state: 'failed',
      detail:
        'Cannot open the artifact store: the endpoint of the AWS settings, "127.0.0.1:9000", is no URL.',
      cure: 'Correct AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or endpoint_url of the AWS profile, for example: https://s3.example.com',
    });
  });
});

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { s3Store } from '../../src/artifacts/s3-store.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { HermesError } from '../../src/core/errors.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { swiftClock } from '../fakes/swift-clock.ts';

// In no shape that a filter would know by itself.
const SECRET = 'correct-horse-battery-staple';
const credentials = { accessKeyId: 'PUBLISHER', secretAccessKey: SECRET };
const signIn =
  'Sign in again (aws sso login), or choose another profile by AWS_PROFILE; in CI give the job a role.';
const endpoint =
  'Check the network, and AWS_ENDPOINT_URL_S3 or endpoint_url of the AWS profile when the store is not on AWS.';
const again = 'Run the same command again: what is written stays, the rest follows.';

type Refusal = readonly [code: string, status: number, reason: string, nextStep: string, exitCode: number];

const refusals: readonly Refusal[] = [
  ['ExpiredToken', 400, 'the AWS credentials have expired', signIn, 3],
  ['InvalidAccessKeyId', 403, 'it does not know the access key', signIn, 3],
  [
    'SignatureDoesNotMatch',
    403,
    'it refuses the signature, so the secret key is not that of the access key',
    'Correct AWS_SECRET_ACCESS_KEY or the AWS profile: a missing or added character is enough.',
    3,
  ],
  [
    'RequestTimeTooSkewed',
    403,
    'the clock of this machine is wrong by more than 15 minutes',
    'Set the clock (timedatectl set-ntp true), then run the same command again.',
    3,
  ],
  [
    'AccessDenied',
    403,
    'access is denied',
    'The credentials need s3:GetObject, and s3:ListBucket on the bucket, without which S3 denies what does not exist too. See who you are with: aws sts get-caller-identity',
    3,
  ],
  [
    'NoSuchBucket',
    404,
    'there is no bucket acme-dev',
    'Correct the store where it is named (artifacts in variables/ENVIRONMENT.json, or hermes.yaml), or have the bucket made. Hermes never makes one.',
    2,
  ],
  [
    'PermanentRedirect',
    301,
    'the bucket is in another region',
    'Set AWS_REGION=its region, or region in the AWS profile.',
    3,
  ],
  [
    'NotImplemented',
    501,
    'it does not know conditional writes, without which publishing is not safe',
    'Use AWS S3, or another store that honours If-None-Match and If-Match.',
    2,
  ],
  ['InternalError', 500, 'it answers InternalError, 5 times', again, 4],
  ['InvalidRequest', 400, 'it answers InvalidRequest', 'Ask the owner of the store.', 4],
];

async function listing(of: ArtifactStore, signal?: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of of.list('a', signal)) keys.push(key);
  return keys;
}

describe('what goes wrong with a store in a bucket', () => {
  let proxy: FaultProxy;
  let store: ArtifactStore;
  before(async () => {
    proxy = await startFaultProxy('http://127.0.0.1:1');
    const connection = { endpoint: proxy.endpoint, credentials };
    store = await s3Store('s3://acme-dev/data', { connection, clock: swiftClock() });
  });
  after(() => proxy.stop());

  /** The error of a call whose every request meets the fault. */
  async function failure(fault: Fault, call: (of: ArtifactStore) => Promise<unknown>): Promise<HermesError> {
    proxy.onRequest(() => fault);
    const error: HermesError = await call(store).then(
      () => assert.fail('it did not fail'),
      (reason) => reason,
    );
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(SECRET));
    assert.ok(
      !/Authorization|AWS4-HMAC|X-Amz-Signature/i.test(inspect(error, { depth: 9, showHidden: true })),
    );
    return error;
  }

  for (const [code, status, reason, nextStep, exitCode] of refusals) {
    it(`says in words what ${code} means`, async () => {
      const error = await failure({ kind: 'answer', status, code }, (of) => of.read('weather/a.py'));
      assert.equal(
        error.message,
        `Cannot read from the artifact store [store=s3://acme-dev/data, key=weather/a.py, status=${status}]: ${reason}.`,
      );
      assert.equal(error.nextStep, nextStep);
      assert.equal(error.exitCode, exitCode);
    });
  }

  it('names the right that is missing for each operation', async () => {
    const denied = { kind: 'answer', status: 403, code: 'AccessDenied' } as const;
    const who = ' See who you are with: aws sts get-caller-identity';
    const written = await failure(denied, (of) => of.create('a', new Uint8Array()));
    assert.equal(
      written.message,
      'Cannot write to the artifact store [store=s3://acme-dev/data, key=a, status=403]: access is denied.',
    );
    assert.equal(written.nextStep, `The credentials need s3:PutObject and s3:GetObject.${who}`);
    const listed = await failure(denied, (of) => listing(of));
    assert.equal(
      listed.message,
      'Cannot list the artifact store [store=s3://acme-dev/data, status=403]: access is denied.',
    );
    assert.equal(listed.nextStep, `The credentials need s3:ListBucket on the bucket.${who}`);
    const removed = await failure(denied, (of) => of.remove('a'));
    assert.equal(
      removed.message,
      'Cannot remove from the artifact store [store=s3://acme-dev/data, key=a, status=403]: access is denied.',
    );
    assert.equal(removed.nextStep, `The credentials need s3:DeleteObject.${who}`);
  });

  it('tells another program that answers from a store, also when it answers with success', async () => {
    const words = 'what answers there does not speak the language of S3';
    const calls = {
      'read from': (of: ArtifactStore) => of.read('a'),
      'write to': (of: ArtifactStore) => of.create('a', new Uint8Array()),
      list: (of: ArtifactStore) => listing(of),
    };
    for (const status of [200, 404]) {
      for (const [verb, call] of Object.entries(calls)) {
        const error = await failure({ kind: 'page', status, body: '<html>Hello</html>' }, call);
        const key = verb === 'list' ? '' : ', key=a';
        assert.equal(
          error.message,
          `Cannot ${verb} the artifact store [store=s3://acme-dev/data${key}, status=${status}]: ${words}.`,
        );
        assert.equal(error.nextStep, endpoint);
        assert.equal(error.exitCode, 3);
      }
    }
  });

  it('says that connections break off', async () => {
    const error = await failure({ kind: 'refuse' }, (of) => of.read('a'));
    assert.equal(
      error.message,
      'Cannot read from the artifact store [store=s3://acme-dev/data, key=a]: the connection broke off each time.',
    );
    assert.equal(error.nextStep, again);
    assert.equal(error.exitCode, 4);
  });

  it('says that a host is not there', async () => {
    const there = { endpoint: 'http://127.0.0.1:1', credentials };
    const away = await s3Store('s3://acme-dev', { connection: there });
    await assert.rejects(away.read('a'), {
      message:
        'Cannot read from the artifact store [store=s3://acme-dev, key=a, host=127.0.0.1:1]: its host cannot be reached.',
      nextStep: endpoint,
      exitCode: 3,
    });
    const nowhere = await s3Store('s3://acme-dev', {
      connection: { endpoint: 'http://store.invalid', credentials },
    });
    await assert.rejects(nowhere.read('a'), {
      message:
        'Cannot read from the artifact store [store=s3://acme-dev, key=a, host=store.invalid]: its host has no address.',
      nextStep: endpoint,
      exitCode: 3,
    });
  });

  it('asks again while another write of the key is under way, and gives up after six times', async () => {
    const before = proxy.seen.length;
    const error = await failure({ kind: 'answer', status: 409, code: 'ConditionalRequestConflict' }, (of) =>
      of.create('a', new Uint8Array()),
    );
    assert.equal(
      error.message,
      'Cannot write to the artifact store [store=s3://acme-dev/data, key=a]: others write the same key all the time.',
    );
    assert.equal(error.nextStep, 'Run the same command again.');
    assert.equal(error.exitCode, 4);
    assert.equal(proxy.seen.length - before, 6);
  });

  it('hands a replacement that met another write back as a conflict, to be read and decided again', async () => {
    proxy.onRequest(() => ({ kind: 'answer', status: 409, code: 'ConditionalRequestConflict' }));
    assert.equal(await store.replace('a', new Uint8Array(), '"etag"'), 'conflict');
  });

  it('stops waiting for a slow store when the caller has gone, for his reason', async () => {
    proxy.onRequest(() => ({ kind: 'delay', milliseconds: 60_000 }));
    for (const call of [
      (signal: AbortSignal) => store.read('a', signal),
      (signal: AbortSignal) => store.create('a', new Uint8Array(), signal),
      (signal: AbortSignal) => store.replace('a', new Uint8Array(), '"etag"', signal),
      (signal: AbortSignal) => store.remove('a', signal),
      (signal: AbortSignal) => listing(store, signal),
    ]) {
      const caller = new AbortController();
      const asked = proxy.seen.length;
      const waiting = call(caller.signal);
      while (proxy.seen.length === asked) await new Promise((resolve) => setImmediate(resolve));
      caller.abort(new Error('gone'));
      await assert.rejects(waiting, /^Error: gone$/);
    }
  });
});

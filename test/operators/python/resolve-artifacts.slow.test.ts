import assert from 'node:assert/strict';
import { join } from 'node:path';
import { folderStore } from '../../../src/artifacts/folder-store.ts';
import { resolvePin } from '../../../src/artifacts/resolve-pin.ts';
import { s3Store } from '../../../src/artifacts/s3-store.ts';
import type { ArtifactStore } from '../../../src/artifacts/store.ts';
import type { ArtifactRequest } from '../../../src/core/artifact-request.ts';
import { HermesError } from '../../../src/core/errors.ts';
import { artifactLookup } from '../../../src/engines/airflow/compile/artifact-lookup.ts';
import { commit, publishFixture, team } from '../../artifacts/published.ts';
import { seaweedFs } from '../../s3/servers.ts';
import { temporaryFolder } from '../../setup.ts';
import { asHandedOver, type ResolveAnswer, type ResolveCase, resolveCases } from './resolve-pins.ts';

const request = (more: Partial<ArtifactRequest> = {}): ArtifactRequest => ({
  ...{ team, project: 'observations', script: 'observations', scriptVersion: 'latest' },
  ...more,
});

interface Home {
  readonly store: ArtifactStore;
  readonly env: Readonly<Record<string, string>>;
}

const variable = ({ url }: ArtifactStore, production = false) => ({
  hermes_weather: { environment: production ? 'prod' : 'dev', production, artifacts: url },
});

function asked({ store, env }: Home, one: ArtifactRequest, production = false): ResolveCase {
  return { variables: variable(store, production), requests: { clean: artifactLookup(one) }, env };
}

/** One mistake of one task, as the log of the task says it. */
function refused(message: string): ResolveAnswer {
  return { error: `Cannot resolve the artifacts of this run.\nclean: ${message}`, is_final: true };
}

async function publishAll(store: ArtifactStore): Promise<string> {
  const scripts = ['observations', 'sea_ice'];
  await publishFixture(store, { version: '1.4.0', scripts, pointer: false });
  await publishFixture(store, { version: '1.5.0', scripts, runtime: '1.0.0' });
  await publishFixture(store, { version: '1.2', pointer: false, wheel: false });
  await publishFixture(store, { version: '0.1.0', project: 'helloworld' });
  await publishFixture(store, { version: '0.1.0', project: 'fresh', branch: 'first-try' });
  return publishFixture(store, { version: '1.5.0', branch: 'feature/new-column' });
}

const homes: readonly [name: string, open: () => Promise<Home>][] = [
  ['a folder', async () => ({ store: folderStore(join(temporaryFolder(), 'dev')), env: {} })],
  [
    'a bucket',
    async () => {
      const { endpoint, bucket, owner } = await seaweedFs();
      return {
        store: await s3Store(`s3://${bucket}/airflow`, { connection: owner }),
        env: awsConnection(endpoint, owner.credentials),
      };
    },
  ],
];

function awsConnection(
  endpoint: string,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined,
): Readonly<Record<string, string>> {
  const connection = {
    conn_type: 'aws',
    login: credentials?.accessKeyId,
    password: credentials?.secretAccessKey,
    extra: { endpoint_url: endpoint, region_name: 'us-east-1' },
  };
  return { AIRFLOW_CONN_AWS_DEFAULT: JSON.stringify(connection) };
}

for (const [name, open] of homes) {
  describe(`resolve_artifacts over ${name}`, function () {
    this.timeout(180_000);
    let home: Home;
    let feature: string;

    before(async () => {
      home = await open();
      feature = await publishAll(home.store);
    });

    it('fixes what Hermes itself would run, by the same URLs and hashes', async () => {
      const { store } = home;
      const wishes: Partial<ArtifactRequest>[] = [
        {},
        { scriptVersion: '1.4.0' },
        { scriptVersion: 'v1.4' },
        { scriptVersion: '1.2.0' },
        { scriptVersion: '1.5' },
        { scriptVersion: 'feature/new-column' },
        { scriptVersion: 'refs/heads/feature/new-column' },
        { scriptVersion: feature },
        { script: 'sea-ice' },
        { libraryVersion: 'none' },
        { libraryVersion: '1.4.0' },
        { libraryVersion: feature },
        { project: 'helloworld', script: 'helloworld' },
      ];
      const requests = wishes.map(request);
      const pins = await Promise.all(requests.map((one) => resolvePin(store, one, { production: false })));
      const lookups = requests.map((one, index) => [`t${index}`, artifactLookup(one)] as const);
      const cases = [{ variables: variable(store), requests: Object.fromEntries(lookups), env: home.env }];
      const [answer] = await resolveCases(cases);
      assert.equal(answer?.error, undefined);
      assert.deepEqual(
        answer?.pins,
        Object.fromEntries(pins.map((pin, index) => [`t${index}`, asHandedOver(pin)])),
      );
    });

    it('says in its log what each task is going to run', async () => {
      const { store } = home;
      const requests = {
        clean: artifactLookup(request()),
        report: artifactLookup(request({ script: 'sea_ice', scriptVersion: '1.4', libraryVersion: 'none' })),
        try: artifactLookup(request({ scriptVersion: 'feature/new-column', libraryVersion: '1.4.0' })),
      };
      const [answer] = await resolveCases([{ variables: variable(store), requests, env: home.env }]);
      const at = commit.slice(0, 7);
      assert.equal(
        answer?.log?.replace(/^.*AwsConnectionWrapper.*\n/, ''),
        [
          `Artifacts of team weather in dev, from ${store.url}`,
          `  clean   observations 1.5.0 (latest, commit ${at})`,
          `  report  observations/sea_ice 1.4.0 (1.4, commit ${at}, no library)`,
          `  try     observations ${feature} (feature/new-column, commit ${at}, library 1.4.0)`,
          '',
        ].join('\n'),
      );
    });

    it('says what there is instead of what was asked for, as Hermes does, and is not tried again', async () => {
      const { store } = home;
      const wishes: Partial<ArtifactRequest>[] = [
        { project: 'observation' },
        { scriptVersion: '1.5.1' },
        { scriptVersion: 'feature/new-colum' },
        { project: 'fresh' },
        { script: 'observation' },
        { libraryVersion: '1.2' },
        { libraryVersion: '7.0' },
      ];
      const requests = wishes.map(request);
      const answers = await resolveCases(requests.map((one) => asked(home, one)));
      for (const [index, one] of requests.entries()) {
        const error = await resolvePin(store, one, { production: false }).catch((thrown: unknown) => thrown);
        assert.ok(error instanceof HermesError);
        // Hermes puts facts in brackets, which a log line has no need of.
        const said = error.message.replace(/ \[store=(.*?)\]/, ' in $1');
        assert.deepEqual(answers[index], refused([said, error.nextStep].filter(Boolean).join(' ')));
      }
    });

    it('names every task with a mistake, those with the same one together', async () => {
      const { store } = home;
      const unknown = artifactLookup(request({ script: 'nothing' }));
      const requests = {
        a: unknown,
        b: artifactLookup(request()),
        c: artifactLookup(request({ libraryVersion: '1.2' })),
        d: unknown,
      };
      const [answer] = await resolveCases([{ variables: variable(store), requests, env: home.env }]);
      assert.equal(
        answer?.error,
        [
          'Cannot resolve the artifacts of this run.',
          'a, d: Cannot find script nothing in observations 1.5.0: there are scripts observations, sea_ice.',
          'c: Cannot use library observations 1.2: it was published without a wheel. Name another library_version, or `none`.',
        ].join('\n'),
      );
    });

    it('refuses builds of a branch in production, scripts and libraries alike', async () => {
      const wishes = [
        { scriptVersion: 'feature/new-column' },
        { scriptVersion: feature },
        { libraryVersion: feature },
      ];
      const answers = await resolveCases(wishes.map((more) => asked(home, request(more), true)));
      const reason =
        'builds of a branch exist in development only. Merge the branch, then use `latest` or the version that the merge publishes.';
      assert.deepEqual(
        answers,
        ['feature/new-column', feature, feature].map((wish) =>
          refused(`Cannot run observations ${wish} in production: ${reason}`),
        ),
      );
    });

    it('refuses a manifest that somebody changed, or took away', async () => {
      const { store } = home;
      const words = 'Someone changed the store. Name another version, and tell the owner of the store.';
      const expected: ResolveAnswer[] = [];
      for (const [project, what] of [
        ['changed', 'not the one that was published'],
        ['lost', 'gone'],
      ] as const) {
        await publishFixture(store, { version: '1.0.0', project });
        const key = `weather/${project}/1.0.0/manifest.json`;
        const found = await store.read(key);
        if (what === 'gone') await store.remove(key);
        else await store.replace(key, Buffer.from('{}'), found?.etag);
        expected.push(
          refused(`Cannot use ${project} 1.0.0: its manifest ${store.url}/${key} is ${what}. ${words}`),
        );
      }
      const requests = ['changed', 'lost'].map((project) => request({ project, script: project }));
      assert.deepEqual(await resolveCases(requests.map((one) => asked(home, one))), expected);
    });
  });
}

describe('resolve_artifacts', function () {
  this.timeout(180_000);

  it('says who has to act when the variable of the team is not as it must be', async () => {
    const requests = { clean: artifactLookup(request()) };
    const answers = await resolveCases([
      { variables: {}, requests },
      { variables: { hermes_weather: '{' }, requests },
      { variables: { hermes_weather: { environment: 'dev' } }, requests },
    ]);
    assert.deepEqual(answers, [
      refused('Airflow has no variable hermes_weather. Ask the platform team to enrol team weather.'),
      refused(
        'The variable hermes_weather of Airflow is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1). Ask the platform team.',
      ),
      refused('The variable hermes_weather of Airflow lacks production, artifacts. Ask the platform team.'),
    ]);
  });

  it('says who can help when S3 refuses it, and tries again when S3 does not answer', async () => {
    const { endpoint, bucket, owner, stranger } = await seaweedFs();
    const requests = { clean: artifactLookup(request()) };
    const at = (url: string, env: Readonly<Record<string, string>>): ResolveCase => ({
      variables: { hermes_weather: { environment: 'dev', production: false, artifacts: url } },
      requests,
      env,
    });
    const silent = awsConnection('http://127.0.0.1:9', owner.credentials);
    const [denied, nowhere, lost] = await resolveCases([
      at(`s3://${bucket}`, awsConnection(endpoint, stranger.credentials)),
      at('s3://no-such-bucket', awsConnection(endpoint, owner.credentials)),
      at(`s3://${bucket}`, { ...silent, AWS_MAX_ATTEMPTS: '1' }),
    ]);
    const help =
      'Ask the platform team: the connection aws_default, or the role of the workers, needs s3:GetObject and s3:ListBucket there.';
    assert.deepEqual(
      denied,
      refused(`Cannot read s3://${bucket}: S3 refuses Airflow (AccessDenied). ${help}`),
    );
    assert.deepEqual(
      nowhere,
      refused('Cannot read s3://no-such-bucket: there is no such bucket. Ask the platform team.'),
    );
    assert.equal(lost?.is_final, false);
    assert.match(String(lost?.error), /Could not connect to the endpoint URL/);
  });
});

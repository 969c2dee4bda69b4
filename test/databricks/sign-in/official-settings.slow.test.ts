import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { HermesError } from '../../../src/core/errors.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { chooseCredentials } from '../../../src/databricks/sign-in/credentials.ts';
import { parseHost } from '../../../src/databricks/sign-in/host.ts';
import { readSettings } from '../../../src/databricks/sign-in/settings.ts';
import { pythonTools } from '../../python-tools.ts';
import { temporaryFolder } from '../../setup.ts';

interface Case {
  readonly variables: Readonly<Record<string, string>>;
  readonly file: string | null;
}

type Answer = Readonly<Record<string, string | null | undefined>>;

const NAMES = ['host', 'token', 'client_id', 'client_secret', 'auth_type'] as const;

/** One host, since Hermes refuses two; values that tell where they come from. */
const host = fc.constantFrom('https://dbc-1.example', 'dbc-1.example', 'https://dbc-1.example/');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const section = (where: string) =>
  fc
    .record({
      host: maybe(host),
      token: maybe(fc.constant(`token-${where}`)),
      client_id: maybe(fc.constant(`id-${where}`)),
      client_secret: maybe(fc.constant(`secret-${where}`)),
      auth_type: fc.oneof(
        { weight: 4, arbitrary: fc.constant(undefined) },
        fc.constantFrom('pat', 'oauth-m2m'),
      ),
    })
    .map((keys) =>
      Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );

const variables = fc
  .tuple(section('env'), maybe(fc.constantFrom('one', 'two', 'none', 'DEFAULT', '__settings__', '')))
  .map(([settings, profile]) => ({
    ...Object.fromEntries(settings.map(([key, value]) => [`DATABRICKS_${key?.toUpperCase()}`, value ?? ''])),
    ...(profile === undefined ? {} : { DATABRICKS_CONFIG_PROFILE: profile }),
  }));

const file = fc
  .tuple(section('default'), section('one'), section('two'), maybe(fc.constantFrom('one', 'two', 'none', '')))
  .chain(([byDefault, one, two, chosen]) =>
    fc.constantFrom(' = ', '=', ': ').map((equals) => {
      const lines = (keys: readonly (string | undefined)[][]) =>
        keys.map(([key, value]) => `${key}${equals}${value}`);
      const settings = chosen === undefined ? [] : ['[__settings__]', `default_profile${equals}${chosen}`];
      return [
        '# a comment',
        '[DEFAULT]',
        ...lines(byDefault),
        '',
        '[one]',
        ...lines(one),
        '[two]',
        ...lines(two),
        ...settings,
      ].join('\n');
    }),
  );

describe('settings of a connection', () => {
  it('are those that Databricks’ own Python SDK takes', function () {
    this.timeout(300_000);
    const arbitrary: fc.Arbitrary<Case> = fc.record({ variables, file: fc.option(file) });
    const cases = fc.sample(arbitrary, { numRuns: 2_000, seed: 20261121 });
    const script = join(packageRoot, 'test', 'databricks', 'official_settings.py');
    const output = execFileSync(join(pythonTools('test'), 'python'), [script], {
      input: JSON.stringify(cases),
    });
    const theirs: Answer[] = JSON.parse(output.toString());
    let compared = 0;
    for (const [index, each] of cases.entries()) {
      const answer = theirs[index];
      const ours = oursOf(each);
      if (isOurOwn(each)) continue;
      compared += 1;
      assert.deepEqual(ours, answer, JSON.stringify(each));
    }
    assert.ok(compared > 1_400, String(compared));
  });
});

/** A profile that is named where no file is, is an error of ours; they go on without it. */
function isOurOwn({ variables: given, file: text }: Case): boolean {
  return text === null && (given.DATABRICKS_CONFIG_PROFILE ?? '') !== '';
}

function oursOf(each: Case): Answer {
  const homeFolder = temporaryFolder();
  if (each.file !== null) writeFileSync(join(homeFolder, '.databrickscfg'), each.file);
  try {
    const settings = readSettings({ variables: each.variables, homeFolder });
    refuseSeveral(() => chooseCredentials(settings, 'a test'));
    const values = NAMES.map((name) => [name, settings.get(name)?.value ?? null]);
    const found: Answer = Object.fromEntries(values);
    return { ...found, host: found.host == null ? null : parseHost(found.host, 'host').origin };
  } catch (error) {
    const { code, message } = error as HermesError;
    if (code === 'HERMES_SEVERAL_CREDENTIALS') return { error: 'more than one' };
    if (code === 'HERMES_UNKNOWN_PROFILE')
      return { error: message.includes('__settings__') ? 'reserved' : 'has no' };
    throw error;
  }
}

/** Whether the credentials are complete, they find out later. */
function refuseSeveral(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof HermesError) || error.code === 'HERMES_SEVERAL_CREDENTIALS') throw error;
  }
}

import assert from 'node:assert/strict';
import { stringifyJson } from '../../src/core/json.ts';
import { isSecretReference, redact, redactAttribute, redactJson } from '../../src/core/redaction.ts';

describe('redact', () => {
  // Put together here, so that no file of this repository holds the shape of a secret.
  const secrets: readonly [string, string, string][] = [
    ['a bearer header', `Authorization: Bearer ${'x'.repeat(30)}`, 'Authorization: Bearer [redacted]'],
    ['a Databricks token', `dapi${'0a'.repeat(16)} was refused`, '[redacted] was refused'],
    ['a secret of a service principal', `dose${'0a'.repeat(16)} was refused`, '[redacted] was refused'],
    ['an access token of OAuth', `eyJ${'a1'.repeat(8)}.${'b-'.repeat(8)}.${'c_'.repeat(8)}`, '[redacted]'],
    ['a token of the embedded workspace', `hws_${'Ab1'.repeat(8)}`, '[redacted]'],
    ['an AWS key id', `AKIA${'A1'.repeat(8)}`, '[redacted]'],
    ['a password in a URL', 'https://me:hunter2222@host/x', 'https://me:[redacted]@host/x'],
    ['a variable of a shell', 'export MY_PASSWORD=hunter2', 'export MY_PASSWORD=[redacted]'],
    ['a client secret in a form', 'client_secret=abcdefgh&scope=all', 'client_secret=[redacted]&scope=all'],
  ];
  for (const [what, given, expected] of secrets) {
    it(`masks ${what}`, () => assert.equal(redact(given), expected));
  }

  it('leaves ordinary text alone', () => {
    const text = 'Cannot publish helloworld 1.2.0 [store=s3://acme-dev]: token basics';
    assert.equal(redact(text), text);
  });

  it('does not take what the system says of a file for its secret', () => {
    for (const text of ['cat: owner-token: Permission denied', 'owner-token: No such file or directory\n'])
      assert.equal(redact(text), text);
    assert.equal(redact('token: Permission'), 'token: [redacted]');
    assert.equal(redact('token: Permission deniedX'), 'token: [redacted] deniedX');
  });

  it('does not take two fields of a JSON line for a URL with a password', () => {
    const line = '{"url":"http://127.0.0.1:7413","userName":"you@localhost"}';
    assert.equal(redact(line), line);
  });
});

describe('redactJson', () => {
  const variables = (spark_env_vars: object) => ({ tasks: [{ new_cluster: { spark_env_vars } }] });

  it('masks variables of a cluster by their names, whatever the value looks like', () => {
    const given = variables({
      MY_PASSWORD: 'a "b", c\\',
      AWS_SECRET_ACCESS_KEY: 'x',
      GH_TOKEN: 'y z',
      apiKey: '1',
      MODE: 'fast',
      EMPTY_TOKEN: '',
    });
    const kept = { MODE: 'fast', EMPTY_TOKEN: '' };
    const hidden = '[redacted]';
    assert.deepEqual(
      redactJson(given),
      variables({
        MY_PASSWORD: hidden,
        AWS_SECRET_ACCESS_KEY: hidden,
        GH_TOKEN: hidden,
        apiKey: hidden,
        ...kept,
      }),
    );
  });

  it('leaves the name of a secret of Databricks, and what only sounds like a secret elsewhere', () => {
    const given = {
      idempotency_token: '0a1b2c3d-4e5f',
      key: 'weather/observations/1.0.0/manifest.json',
      nextPageToken: 'abcdefgh',
      ...variables({ DB_PASSWORD: '{{secrets/weather/db-password}}' }),
    };
    assert.deepEqual(redactJson(given), given);
    assert.ok(isSecretReference('{{secrets/weather/db-password}}'));
    assert.ok(!isSecretReference('{{ var.value.password }}'));
  });

  it('masks them in what a policy says of a cluster, too', () => {
    const path = 'spark_env_vars.DB_PASSWORD';
    const given = {
      violations: [{ path, value: 'x', rule: 'is forbidden' }],
      sources: { [path]: 'request' },
    };
    assert.deepEqual(redactJson(given), {
      violations: [{ path, value: '[redacted]', rule: 'is forbidden' }],
      sources: { [path]: 'request' },
    });
    assert.equal(redactAttribute(path, 'x'), '[redacted]');
    assert.equal(redactAttribute('spark_env_vars.MODE', 'x'), 'x');
  });

  it('masks inside of a text without breaking the JSON around it', () => {
    const given = { parameters: ['--password=abcdef"gh\\i'], at: new Date(0), id: 2n ** 60n };
    const shown = redactJson(given);
    assert.deepEqual(shown, { ...given, parameters: ['--password=[redacted]"gh\\i'] });
    assert.equal(JSON.parse(stringifyJson(shown.parameters))[0], '--password=[redacted]"gh\\i');
    assert.equal(redact(stringifyJson(shown.parameters)), stringifyJson(shown.parameters));
  });
});

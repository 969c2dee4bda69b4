import assert from 'node:assert/strict';
import { redact } from '../../src/core/redaction.ts';

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
    ['a client secret in a form', 'client_secret=abcdefgh&scope=all', 'client_secret=[redacted]&scope=all'],
  ];
  for (const [what, given, expected] of secrets) {
    it(`masks ${what}`, () => assert.equal(redact(given), expected));
  }

  it('leaves ordinary text alone', () => {
    const text = 'Cannot publish helloworld 1.2.0 [store=s3://acme-dev]: token basics';
    assert.equal(redact(text), text);
  });

  it('does not take two fields of a JSON line for a URL with a password', () => {
    const line = '{"url":"http://127.0.0.1:7413","userName":"you@localhost"}';
    assert.equal(redact(line), line);
  });
});

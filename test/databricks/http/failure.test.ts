import { strict as assert } from 'node:assert';
import { type FailedCall, failureError, parseFailure } from '../../../src/databricks/http/failure.ts';

const same = (text: string) => text;
const parse = (body: string, headers = {}) => {
  const { status: _, ...rest } = parseFailure({ status: 400, body, headers }, same);
  return rest;
};
const call = (path: string): FailedCall => ({
  action: 'do it',
  endpoint: `GET ${path}`,
  host: 'https://dbc-1.example',
  cure: 'Sign in.',
});
const errorOf = (status: number, body: string, path = '/api/2.2/jobs/runs/get') =>
  failureError(parseFailure({ status, body, headers: {} }, same), call(path));

describe('what the workspace says went wrong', () => {
  it('is read from every shape of body that the API has had', () => {
    const cases: readonly [string, string, string][] = [
      ['{"error_code":"INVALID_STATE","message":"boom"}', 'INVALID_STATE', 'boom'],
      ['{"error_code":7,"message":"boom"}', '7', 'boom'],
      ['{"error":"old"}', '', 'old'],
      ['{"detail":"no such user","status":"404","scimType":"invalidValue"}', 'invalidValue', 'no such user'],
      ['{"error":"invalid_client","error_description":"no"}', 'invalid_client', 'no'],
      ['BAD_REQUEST: not that', 'BAD_REQUEST', 'not that'],
      ['<html><body><pre>HTTP ERROR 500</pre></body></html>', '', 'HTTP ERROR 500'],
      ['{"error_code":{"x":1},"message":["y"]}', '', ''],
      ['{broken', '', ''],
      ['[]', '', ''],
      ['', '', ''],
    ];
    for (const [body, code, message] of cases) assert.deepEqual(parse(body), { code, message });
  });

  it('names the request for the support of Databricks, from the details or from a header', () => {
    const info = '{"@type":"type.googleapis.com/google.rpc.RequestInfo","request_id":"r-1"}';
    const other = '{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"X"}';
    const body = `{"message":"m","details":[${other},${info}]}`;
    assert.equal(parse(body, { 'x-request-id': 'r-2' }).requestId, 'r-1');
    assert.equal(parse('{}', { 'x-request-id': 'r-2' }).requestId, 'r-2');
    assert.equal(parse('{}', { 'x-databricks-apiproxy-request-id': 'r-3' }).requestId, 'r-3');
    assert.equal(parse('{}').requestId, undefined);
    const failure = parseFailure({ status: 500, body, headers: {} }, same);
    assert.equal(
      failureError(failure, call('/api/2.2/jobs/runs/get')).message,
      'Cannot do it [endpoint=GET /api/2.2/jobs/runs/get, host=https://dbc-1.example, status=500, request=r-1]: m',
    );
  });

  it('shows nothing that moves the cursor or hides', () => {
    const body = JSON.stringify({ error_code: 'A\u001b[2J', message: 'x\u001b[31my\u0007' });
    assert.deepEqual(parse(body, { 'x-request-id': 'r\u202e1' }), {
      code: 'A<U+001B>[2J',
      message: 'xy␇',
      requestId: 'r<U+202E>1',
    });
  });

  it('is "not there" also where the API calls it an invalid parameter', () => {
    const texts = [
      'Cluster 0921-1 does not exist',
      'Job 7 does not exist.',
      'Run 7 does not exist.',
      "Run: 0 in job: 7 doesn't exist",
      "Can't find a cluster policy with id: ABC",
    ];
    for (const message of texts) {
      const error = errorOf(400, JSON.stringify({ error_code: 'INVALID_PARAMETER_VALUE', message }));
      assert.equal(error.code, 'HERMES_DATABRICKS_NOT_FOUND', message);
    }
    const other = '{"error_code":"INVALID_PARAMETER_VALUE","message":"The job does not exist in git."}';
    assert.equal(errorOf(400, other).code, 'HERMES_DATABRICKS_REFUSED');
    assert.equal(
      errorOf(404, '{"error_code":"RESOURCE_DOES_NOT_EXIST"}').code,
      'HERMES_DATABRICKS_NOT_FOUND',
    );
  });

  it('is "not a workspace" where something else answers', () => {
    const bodies: readonly [number, string][] = [
      [404, '<html>nginx</html>'],
      [404, '{"error_code":"ENDPOINT_NOT_FOUND"}'],
      [302, ''],
      [405, ''],
    ];
    for (const [status, body] of bodies) {
      const error = errorOf(status, body);
      assert.equal(error.code, 'HERMES_DATABRICKS_NO_API', String(status));
      assert.match(error.message, /: what answers is not the API of a workspace$/);
      assert.equal(error.exitCode, 3);
    }
  });

  it('says of a refused right whom to ask for which', () => {
    const said = (path: string) =>
      errorOf(403, '{"error_code":"PERMISSION_DENIED","message":"no"}', path).nextStep;
    assert.equal(
      said('/api/2.0/policies/clusters/get'),
      'It takes CAN_USE on the cluster policy, or its id is wrong; ask the platform team.',
    );
    assert.equal(
      said('/api/2.2/jobs/runs/submit'),
      'It takes CAN_USE on the cluster policy and the use of its instance profile; ask the platform team.',
    );
    assert.equal(
      said('/api/2.2/jobs/runs/get'),
      'Ask the team that owns it, or the platform team, for access.',
    );
  });

  it('has a next step for whatever else is answered', () => {
    const said = (status: number, body: string, path?: string) => errorOf(status, body, path).nextStep;
    const bad = '{"error_code":"INVALID_PARAMETER_VALUE","message":"no such field"}';
    assert.equal(
      said(400, bad, '/api/2.2/jobs/runs/submit'),
      'The workspace does not take the request as it is; what is sent for a task shows: hermes dag plan FILE --json',
    );
    assert.equal(
      said(400, bad, '/api/2.0/preview/scim/v2/Me'),
      'Check that the host is that of a workspace, not of the account, and that the credentials are whole.',
    );
    assert.equal(
      said(403, '', '/api/2.0/preview/scim/v2/Me'),
      'The workspace knows the credentials, but not as one of its users; ask the platform team to add them.',
    );
    assert.equal(said(400, bad), 'Trying again will not help. Ask the platform team, with the text above.');
    const limit =
      'A limit of the workspace was reached: try again later, or ask the platform team to raise it.';
    assert.equal(said(400, '{"error_code":"QUOTA_EXCEEDED","message":"no"}'), limit);
    const rate = 'There were already 1000 jobs created in past 3600 seconds, exceeding rate limit: 1000 job';
    assert.equal(said(400, `INVALID_STATE: ${rate}`), limit);
    assert.equal(
      said(500, '{}'),
      'Try again later. If it lasts, the platform team can ask the support of Databricks.',
    );
  });
});

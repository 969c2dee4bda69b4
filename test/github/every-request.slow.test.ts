import assert from 'node:assert/strict';
import { type Offer, type RecordedRequest, recordedRequests } from '../fakes/github/recorded-requests.ts';
import { routes } from '../fakes/github/routes.ts';
import type { DescriptionName } from './openapi-description.ts';
import { openRequestJudge, type RequestJudge } from './request-judge.ts';

const DESCRIPTIONS: Readonly<Record<Offer, DescriptionName>> = {
  everybody: 'api.github.com',
  cloud: 'ghec',
  server: 'ghes-3.17',
};

describe("the judge of requests, by GitHub's own description", function () {
  this.timeout(180_000);
  let judge: RequestJudge;
  before(async () => {
    judge = await openRequestJudge('api.github.com', new Set(routes.map(({ path }) => path)));
  });
  const problems = (method: string, operation: string, body?: unknown, query = '') => {
    const path = `${operation.replaceAll(/\{\w+\}/g, 'x')}${query}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    return judge.problems({ method, operation, path, body: text, offer: 'everybody' });
  };

  it('knows every operation that the GitHub of the tests answers', () => {
    const described = routes.filter(({ path }) => !path.endsWith('/graphql'));
    const unknown = described.flatMap(({ method, path }) => problems(method, path));
    assert.deepEqual(
      unknown.filter((line) => line.includes('no such operation')),
      [],
    );
    assert.deepEqual(problems('GET', '/repos/{owner}/{repo}/wishes'), [
      'GET /repos/{owner}/{repo}/wishes: GitHub describes no such operation',
    ]);
  });

  it('finds a field that is missing, of another type, or of a value that is not offered', () => {
    const operation = '/orgs/{org}/repos';
    assert.deepEqual(problems('POST', operation, { name: 'weather', private: true, auto_init: true }), []);
    assert.deepEqual(problems('POST', operation, { private: 'yes', visibility: 'secret' }), [
      `POST ${operation}: Request body must have required property 'name'`,
      `POST ${operation}: Request body property private must be boolean`,
      `POST ${operation}: Request body property visibility must be equal to one of the allowed values: public, private`,
    ]);
  });

  it('finds a field that GitHub does not know and would overlook, however deep', () => {
    const operation = '/repos/{owner}/{repo}/git/trees';
    const entry = { path: 'x', mode: '100644', type: 'blob', content: 'x', encoding: 'utf-8' };
    assert.deepEqual(problems('POST', operation, { tree: [entry] }), [
      `POST ${operation}: Request body property tree.0 must NOT have additional properties; found 'encoding'`,
    ]);
  });

  it('finds a wrong parameter of a rule', () => {
    const rules = [
      { type: 'required_status_checks', parameters: { required_status_checks: [{ name: 'ci' }] } },
    ];
    const body = { name: 'hermes', enforcement: 'active', rules };
    const found = problems('POST', '/repos/{owner}/{repo}/rulesets', body);
    assert.ok(found.length > 0);
  });

  it('finds a query that GitHub would overlook', () => {
    const operation = '/repos/{owner}/{repo}/pulls';
    assert.deepEqual(problems('GET', operation, undefined, '?head=acme:x&state=open&per_page=100'), []);
    assert.deepEqual(problems('GET', operation, undefined, '?stat=open'), [
      `GET ${operation}: Request query parameter stat is not described`,
    ]);
  });
});

// Beside every test: it comes when those of all files are over.
after('every request and every answer of the tests is as GitHub describes it', async function () {
  this.timeout(300_000);
  const wrong: string[] = [];
  for (const [offer, exchanges] of Map.groupBy(recordedRequests(), (one) => one.offer)) {
    wrong.push(...(await judgeAll(DESCRIPTIONS[offer], exchanges)));
  }
  assert.deepEqual([...new Set(wrong)], []);
});

async function judgeAll(name: DescriptionName, exchanges: readonly RecordedRequest[]): Promise<string[]> {
  const judge = await openRequestJudge(name, new Set(exchanges.map(({ operation }) => operation ?? '')));
  return exchanges.flatMap((one) => judge.problems(one).map((line) => `${name}: ${line}`));
}

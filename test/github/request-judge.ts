import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RecordedRequest } from '../fakes/github/recorded-requests.ts';
import { npmTools } from '../npm-tools.ts';
import {
  closeObjects,
  type Description,
  type DescriptionName,
  isObject,
  type JsonObject,
  loosenObjects,
  readDescription,
  resolve,
} from './openapi-description.ts';

/** Tells what is wrong with requests, and with the answers of the double, by GitHub's own description. */
export interface RequestJudge {
  /** One sentence for each mistake; none when GitHub describes such a request. */
  readonly problems: (exchange: RecordedRequest) => string[];
}

// The part of Prism that is used (https://github.com/stoplightio/prism, packages/http); it brings types of no use here.
interface Operation {
  readonly method: string;
  readonly path: string;
}
interface Verdict {
  readonly _tag: 'Left' | 'Right';
  readonly left?: readonly { readonly path?: readonly string[]; readonly message: string }[];
}
interface Prism {
  getHttpOperationsFromSpec(description: object): Promise<Operation[]>;
}
interface Validator {
  validateInput(given: { readonly resource: Operation; readonly element: object }): Verdict;
  validateOutput(given: { readonly resource: Operation; readonly element: object }): Verdict;
}

// Too big for the packages of everybody: `npmTools` installs it.
const PRISM = '@stoplight/prism-http';

/** Opens a judge for some operations, `/repos/{owner}/{repo}`. Takes seconds. */
export async function openRequestJudge(
  name: DescriptionName,
  paths: ReadonlySet<string>,
): Promise<RequestJudge> {
  const require = createRequire(join(npmTools('prism'), 'package.json'));
  const prism: Prism = require(PRISM);
  const validator: Validator = require(`${PRISM}/dist/validator`);
  const described = readDescription(name, paths);
  const asked = structuredClone(described);
  closeObjects(asked);
  const answered = structuredClone(described);
  closeObjects(answered);
  loosenObjects(answered);
  const [inputs, outputs] = await Promise.all(
    [asked, answered].map((one) => prism.getHttpOperationsFromSpec(one)),
  );
  return {
    problems: (exchange) => {
      const isSame = ({ method, path }: Operation) =>
        method.toUpperCase() === exchange.method && path === exchange.operation;
      const input = inputs?.find(isSame);
      const output = outputs?.find(isSame);
      if (input === undefined || output === undefined)
        return [`${labelOf(exchange)}: GitHub describes no such operation`];
      return [
        ...unknownParameters(described, exchange),
        ...said(validator.validateInput({ resource: input, element: requestOf(exchange) }), exchange),
        ...judgeReply(validator, output, exchange),
      ];
    },
  };
}

const labelOf = ({ method, operation }: RecordedRequest): string => `${method} ${operation}`;

function said({ _tag, left }: Verdict, exchange: RecordedRequest): string[] {
  if (_tag === 'Right') return [];
  // A rule that fits none of thirty kinds has a complaint for each.
  return (left ?? []).slice(0, 6).map(({ message }) => `${labelOf(exchange)}: ${message}`);
}

function requestOf({ method, path, body }: RecordedRequest) {
  const url = new URL(path, 'http://api');
  const query = Object.fromEntries(url.searchParams);
  const headers: Record<string, string> = body === '' ? {} : { 'content-type': 'application/json' };
  const element = { method: method.toLowerCase(), url: { path: url.pathname, query }, headers };
  return body === '' ? element : { ...element, body: JSON.parse(body) };
}

/** Prism overlooks what stands in the query and is not described. */
function unknownParameters(description: Description, exchange: RecordedRequest): string[] {
  const path = description.paths[exchange.operation ?? ''];
  const operation = path?.[exchange.method.toLowerCase()];
  const lists = [path?.parameters, isObject(operation) ? operation.parameters : undefined];
  const parameters = lists.flatMap((list) => (Array.isArray(list) ? list : []));
  const names = parameters
    .map((one) => resolve(description, one) as JsonObject)
    .filter((one) => one.in === 'query');
  const known = new Set(names.map((one) => one.name));
  const given = [...new URL(exchange.path, 'http://api').searchParams.keys()];
  return given
    .filter((one) => !known.has(one))
    .map((one) => `${labelOf(exchange)}: Request query parameter ${one} is not described`);
}

/** Only successes: what GitHub says of failures is described for few operations, and seldom whole. */
function judgeReply(validator: Validator, resource: Operation, exchange: RecordedRequest): string[] {
  const { reply } = exchange;
  if (reply === undefined || reply.status >= 300) return [];
  const headers = { 'content-type': 'application/json' };
  const element = { statusCode: reply.status, headers, body: reply.body };
  return said(validator.validateOutput({ resource, element }), exchange).map((line) => `answer to ${line}`);
}

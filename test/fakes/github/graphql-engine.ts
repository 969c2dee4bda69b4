import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { npmTools } from '../../npm-tools.ts';
import type { Fields } from './state.ts';

/** As much of https://www.npmjs.com/package/graphql as is used here. */
interface GraphqlModule {
  readonly buildSchema: (text: string, options: { readonly assumeValidSDL: boolean }) => unknown;
  readonly graphql: (question: {
    readonly schema: unknown;
    readonly source: string;
    readonly rootValue: unknown;
    readonly variableValues: Fields;
  }) => Promise<{ readonly data?: unknown; readonly errors?: readonly GraphqlFailure[] }>;
}

interface GraphqlFailure {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly originalError?: unknown;
}

/** Ends a part of a question, as GitHub words it. */
export class GraphqlRefusal extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

let engine: Promise<{ readonly module: GraphqlModule; readonly schema: unknown }> | undefined;

/** Answers a question by GitHub's own schema: what the schema does not know is refused, and so is a wrong type. */
export async function executeGraphql(source: string, variables: Fields, root: unknown) {
  engine ??= loadEngine();
  const { module, schema } = await engine;
  const { data, errors } = await module.graphql({
    schema,
    source,
    rootValue: root,
    variableValues: variables,
  });
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map(describeFailure) }),
  };
}

async function loadEngine() {
  const modules = join(npmTools('graphql'), 'node_modules');
  const found: unknown = await import(pathToFileURL(join(modules, 'graphql', 'index.mjs')).href);
  const module = found as GraphqlModule;
  const text = readFileSync(join(modules, '@octokit', 'graphql-schema', 'schema.graphql'), 'utf8');
  return { module, schema: module.buildSchema(text, { assumeValidSDL: true }) };
}

function describeFailure({ message, path, originalError }: GraphqlFailure) {
  const type = originalError instanceof GraphqlRefusal ? { type: originalError.type } : {};
  // GitHub's engine words it its own way (https://graphql-ruby.org).
  const [, field, on] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? [];
  if (field === undefined) return { ...type, message, ...(path === undefined ? {} : { path }) };
  return {
    message: `Field '${field}' doesn't exist on type '${on}'`,
    extensions: { code: 'undefinedField', typeName: on, fieldName: field },
  };
}

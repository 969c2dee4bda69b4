import { z } from 'zod';
import type { Problem } from './problems.ts';
import type { SourceDocument } from './source-document.ts';
import { didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** A mistake in a value, before it has a place in a file. */
export interface ValueProblem {
  readonly path: readonly PropertyKey[];
  /** Which part of the path is wrong: an unknown key, or the value under it. */
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
}

/** How names of keys are shown, and how the parts of a file are called. */
export interface ProblemWords {
  /** Turns a key of the schema into the key that the user writes. @defaultValue the same */
  readonly shownKey?: (key: string) => string;
  /** What an unknown key is not: `an option of HermesOperator`. @defaultValue `a known key` */
  readonly kindOfKey?: (path: readonly PropertyKey[]) => string;
  /** Where an unknown key belongs, when that is known: `It stands beside hermes, not in it.` */
  readonly hintForKey?: (path: readonly PropertyKey[], key: string) => string | undefined;
  /** The path as the user knows it: `report.retries`. @defaultValue keys joined by dots */
  readonly shownPath?: (path: readonly PropertyKey[]) => string;
  /** A scalar as typed, to say what to put in quotes. */
  readonly typed?: (path: readonly PropertyKey[]) => string | undefined;
}

/** Every way in which a value misses a schema, in words. Empty when it fits. */
export function findValueProblems(schema: Schema, value: unknown, words: ProblemWords = {}): ValueProblem[] {
  const result = z.safeParse(schema, value);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => describe(schema, value, issue, words));
}

/** The same with file, line and column. */
export function findSourceProblems(
  schema: Schema,
  document: SourceDocument,
  words: ProblemWords = {},
): Problem[] {
  const typed = (path: readonly PropertyKey[]) => document.typed(path);
  return findValueProblems(schema, document.value, { typed, ...words })
    .map((problem) => placeProblem(problem, document))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** Puts a value's problem at its place in the file. */
export function placeProblem(problem: ValueProblem, document: SourceDocument): Problem {
  const { line, column } = document.locate(problem.path, problem.part);
  const hint = problem.hint === undefined ? {} : { hint: problem.hint };
  return { file: document.file, line, column, message: problem.message, ...hint };
}

function describe(schema: Schema, root: unknown, issue: Issue, words: ProblemWords): ValueProblem[] {
  const show = words.shownKey ?? ((key: string) => key);
  const showPath =
    words.shownPath ?? ((path: readonly PropertyKey[]) => path.map((key) => show(String(key))).join('.'));
  if (issue.code === 'unrecognized_keys') {
    const allowed = allowedKeys(schema, issue.path).map(show);
    const kind = words.kindOfKey?.(issue.path) ?? 'a known key';
    return issue.keys.map((key) => {
      const shown = show(key);
      const hint =
        words.hintForKey?.(issue.path, key) ??
        didYouMean(shown, allowed) ??
        `Allowed: ${allowed.join(', ')}.`;
      const path = [...issue.path, key];
      return { path, part: 'key', message: `${showPath(path)} is not ${kind}.`, hint };
    });
  }
  if (issue.code === 'invalid_union')
    return likelyIssues(issue).flatMap((likely) => describe(schema, root, likely, words));
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? 'The name is not allowed.';
    return [{ path: issue.path, part: 'key', message }];
  }
  const value = valueAt(root, issue.path);
  const name = issue.path.length === 0 ? 'The content' : showPath(issue.path);
  if (value === undefined && issue.code !== 'custom')
    return [{ path: issue.path.slice(0, -1), part: 'value', message: `${name} is missing.` }];
  return [{ path: issue.path, part: 'value', ...sentence(issue, name, value, words.typed?.(issue.path)) }];
}

/** What is wrong by the alternative that the value resembles: the first one whose type it has, else the first of all. */
function likelyIssues({ errors, path }: Extract<Issue, { code: 'invalid_union' }>): Issue[] {
  const meant = errors.find(([first]) => first?.code !== 'invalid_type' || first.path.length > 0);
  return (meant ?? errors[0] ?? []).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
}

function sentence(
  issue: Issue,
  name: string,
  value: unknown,
  typed: string | undefined,
): { message: string; hint?: string } {
  if (issue.code === 'custom') return { message: `${name}: ${issue.message}` };
  if (issue.code === 'invalid_type') {
    const message = `${name} must be ${typeNames[issue.expected] ?? issue.expected}, not ${shown(value)}.`;
    const isScalar = typeof value === 'number' || typeof value === 'boolean';
    return issue.expected === 'string' && isScalar
      ? { message, hint: `Put it in quotes: "${typed ?? String(value)}"` }
      : { message };
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const hint = typeof value === 'string' ? didYouMean(value, allowed) : undefined;
    const message = `${name} = ${shown(value)} is not one of: ${allowed.join(', ')}.`;
    return hint === undefined ? { message } : { message, hint };
  }
  if (issue.code === 'too_small')
    return {
      message: `${name} = ${shown(value)} is too small: ${bound('at least', 'more than', issue)} ${issue.minimum}${unit(issue.origin)}.`,
    };
  if (issue.code === 'too_big')
    return {
      message: `${name} = ${shown(value)} is too big: ${bound('at most', 'less than', issue)} ${issue.maximum}${unit(issue.origin)}.`,
    };
  return { message: `${name} = ${shown(value)} is refused: ${issue.message}.` };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of keys',
  record: 'a block of keys',
  null: 'null',
};

function bound(inclusive: string, exclusive: string, issue: { readonly inclusive?: boolean }): string {
  return issue.inclusive === false ? exclusive : inclusive;
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

function shown(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object') return 'a block of keys';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

/** Keys that a schema allows under a path; empty when it is no object there. */
function allowedKeys(schema: Schema, path: readonly PropertyKey[]): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion)
    return inner.options.flatMap((option) => allowedKeys(option as Schema, path));
  const [step, ...rest] = path;
  if (step === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  if (inner instanceof z.ZodObject) {
    const next: Schema | undefined = inner.shape[String(step)];
    return next === undefined ? [] : allowedKeys(next, rest);
  }
  if (inner instanceof z.ZodRecord) return allowedKeys(inner.valueType as Schema, rest);
  if (inner instanceof z.ZodArray) return allowedKeys(inner.element as Schema, rest);
  return [];
}

function unwrap(schema: Schema): Schema {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return unwrap(schema.unwrap() as Schema);
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as Schema);
  return schema;
}

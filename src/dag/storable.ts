import type { z } from 'zod';

/** Why Airflow's database keeps no such text, or undefined when it does: one DAG with it stops all others of its file. */
export function storableProblem(text: string): string | undefined {
  if (text.includes('\0'))
    return `${shown(text)} holds a NUL character (U+0000), which no database of Airflow keeps.`;
  return text.isWellFormed()
    ? undefined
    : `${shown(text)} holds half of a character (a lone surrogate), which no database of Airflow keeps.`;
}

/** Why the value of a param would not come out of Airflow as it went in, or undefined when it would. */
export function paramProblem(value: unknown): string | undefined {
  const text = textsIn(value)
    .map(storableProblem)
    .find((problem) => problem !== undefined);
  if (text !== undefined) return text;
  if (!Array.isArray(value) || value.every(isObject) || !value.some(holdsObject)) return undefined;
  return 'a list of a param holds either only objects or none: Airflow changes mixed ones on their way to its form. Put the list under a key of an object.';
}

/** Adds the problem of a text to those of its schema. */
export function refined<T extends z.ZodString>(schema: T, problem: (text: string) => string | undefined) {
  return schema.superRefine((text, context) => {
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

function holdsObject(value: unknown): boolean {
  return isObject(value) || (Array.isArray(value) && value.some(holdsObject));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.entries(value).flatMap(([key, each]) => [key, ...textsIn(each)]) : [];
}

function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short);
}

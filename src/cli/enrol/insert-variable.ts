import { isDeepStrictEqual } from 'node:util';

/**
 * Adds a variable at the end of a JSON object and leaves every other character of the text as it is.
 * @param text A JSON object; an empty text stands for an empty object.
 * @throws Error when the text holds a variable of the name, or would hold something else than before
 */
export function insertVariable(text: string, name: string, value: unknown): string {
  const body = text.trim() === '' ? '{}\n' : text;
  const before = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const end = body.lastIndexOf('}');
  const head = body.slice(0, end).trimEnd();
  const lineEnd = body.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^\{\r?\n([ \t]+)"/.exec(head)?.[1] ?? '  ';
  const written = JSON.stringify({ [name]: value }, null, indent)
    .slice(1, -1)
    .trim()
    .replaceAll('\n', lineEnd);
  const comma = head.endsWith('{') ? '' : ',';
  const changed = `${head}${comma}${lineEnd}${indent}${written}${lineEnd}${body.slice(end)}`;
  if (
    name in before ||
    !isDeepStrictEqual(JSON.parse(changed), { ...before, [name]: JSON.parse(JSON.stringify(value)) })
  )
    throw new Error(`the variable ${name} does not fit into the file`);
  return changed;
}

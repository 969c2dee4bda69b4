import type { SourceDocument } from '../core/source-document.ts';

/** Finds where a task of a file holds a text, as a value of its own. */
export type TextPlace = (
  taskId: string,
  text: string,
) => { readonly line: number; readonly column: number } | undefined;

/** Looks in a document of YAML, below the task. Pure. */
export function textPlaceIn(document: SourceDocument): TextPlace {
  return (taskId, text) => {
    const task = ['tasks', taskId];
    const path = pathOfText(task.reduce(itemOf, document.value), text, task);
    return path === undefined ? undefined : document.locate(path);
  };
}

function itemOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function pathOfText(value: unknown, text: string, path: readonly string[]): readonly string[] | undefined {
  if (value === text) return path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = pathOfText(item, text, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

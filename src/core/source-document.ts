import type { Document, YAMLError } from 'yaml';
import { isAlias, isMap, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from 'yaml';
import type { Problem } from './problems.ts';

/** A place in a file; both count from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a value of a parsed file was written, so that a mistake in it can be pointed at. */
export interface SourceDocument {
  readonly file: string;
  /** The content as plain JavaScript values. */
  readonly value: unknown;
  /** Place of the value under a path (`key`: of its key); of the nearest part that exists when nothing stands there. */
  locate(path: readonly PropertyKey[], part?: 'key' | 'value'): Position;
  /** The scalar as it was typed: `1.10` where the value is the number 1.1. */
  typed(path: readonly PropertyKey[]): string | undefined;
}

export interface ParsedSource {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
}

/** Parses YAML 1.2, several documents allowed. Every syntax error becomes a problem; nothing is thrown. */
export function parseYaml(file: string, text: string): ParsedSource {
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false });
  const list: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const problems = withoutRepeats(
    list.flatMap((one) => one.errors.map((error) => syntaxProblem(file, error, counter))),
  );
  if (problems.length > 0) return { documents: [], problems };
  try {
    const documents = list
      .filter((one) => one.contents !== null)
      .map((one) => sourceDocument(file, text, one, counter));
    return { documents, problems };
  } catch (error) {
    return { documents: [], problems: [{ file, line: 1, column: 1, message: messageOf(error) }] };
  }
}

/** Parses one JSON text; places come from reading it as YAML, of which JSON is a part. */
export function parseJsonSource(file: string, text: string): ParsedSource {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = messageOf(error);
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    const before = text.slice(0, offset).split('\n');
    const reason = message.replace(/ in JSON.*$| \(line.*$/s, '');
    const place = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
    return { documents: [], problems: [{ file, ...place, message: `This is not JSON: ${reason}.` }] };
  }
  return parseYaml(file, text);
}

function sourceDocument(
  file: string,
  text: string,
  document: Document.Parsed,
  counter: LineCounter,
): SourceDocument {
  const positionAt = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  return {
    file,
    value: document.toJS(),
    locate: (path, part = 'value') => {
      const found = walk(document, path);
      const node = part === 'key' ? (found.key ?? found.node) : found.node;
      return positionAt(node?.range?.[0] ?? document.contents?.range?.[0] ?? 0);
    },
    typed: (path) => {
      const { node, complete } = walk(document, path);
      const range = node?.range;
      return complete && range !== undefined && range !== null ? text.slice(range[0], range[1]) : undefined;
    },
  };
}

interface Found {
  readonly node: Node | undefined;
  readonly key: Node | undefined;
  /** False when the path left the document before its end. */
  readonly complete: boolean;
}

function walk(document: Document.Parsed, path: readonly PropertyKey[]): Found {
  let node: Node | undefined = document.contents ?? undefined;
  let key: Node | undefined;
  for (const step of path) {
    const inside: Node | undefined = isAlias(node) ? node.resolve(document) : node;
    if (isMap(inside)) {
      const pair = (inside.items as Pair<Node, Node | null>[]).find(
        (item) => keyText(item.key) === String(step),
      );
      if (pair === undefined) return { node, key, complete: false };
      key = pair.key;
      node = pair.value ?? pair.key;
    } else if (isSeq(inside)) {
      const item = inside.items[Number(step)] as Node | undefined;
      if (item === undefined) return { node, key, complete: false };
      key = undefined;
      node = item;
    } else return { node, key, complete: false };
  }
  return { node, key, complete: true };
}

function keyText(key: Node): string {
  return String((key as { value?: unknown }).value ?? '');
}

function syntaxProblem(file: string, error: YAMLError, counter: LineCounter): Problem {
  const { line, col } = counter.linePos(error.pos[0]);
  const message = error.message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '').replace(/\.?$/, '.');
  return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
}

/** The parser says of nested brackets the same thing for each. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

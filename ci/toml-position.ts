/**
 * Where `key` of a table stands in a TOML text, for a message; the table's own line when the key is missing,
 * and the first line when both are. Lines and columns count from 1.
 */
export function locateKey(text: string, table: string, key: string): { line: number; column: number } {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim().replace(/\s*#.*$/, '') === `[${table}]`);
  if (start < 0) return { line: 1, column: 1 };
  const next = lines.findIndex((line, index) => index > start && /^\s*\[/.test(line));
  const end = next < 0 ? lines.length : next;
  const found = lines.findIndex(
    (line, index) =>
      index > start &&
      index < end &&
      line
        .split('=')[0]
        ?.trim()
        .replace(/^["']|["']$/g, '') === key &&
      line.includes('='),
  );
  if (found < 0) return { line: start + 1, column: 1 };
  return { line: found + 1, column: (lines[found]?.search(/\S/) ?? 0) + 1 };
}

/**
 * Lays rows out in columns below their heads, three blanks apart. A column without a text is left out.
 * @param width lines are cut to it; absent = as long as they are
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string[] {
  const columns = head.flatMap((title, index) => {
    const longest = Math.max(0, ...rows.map((row) => row[index]?.length ?? 0));
    return longest === 0 ? [] : [{ index, width: Math.max(title.length, longest) }];
  });
  return [head, ...rows].map((row) => {
    const cells = columns.map((column) => (row[column.index] ?? '').padEnd(column.width));
    return clip(cells.join('   ').trimEnd(), width);
  });
}

/** Cuts a text that is too long, and shows that it was cut. */
export function clip(text: string, width: number): string {
  if (text.length <= width) return text;
  return `${text.slice(0, Math.max(0, width - 1)).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** `2026-11-21 06:00`, in UTC. */
export function minuteText(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** `1 file`, `2 files` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

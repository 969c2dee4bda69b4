import type { Problem } from '../../core/problems.ts';

/**
 * A problem as the command by which GitHub shows it at its line of a pull request.
 * Escaped as the runner takes it apart: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
export function errorAnnotation({ file, line, column, message, hint }: Problem): string {
  const place = Object.entries({ file, line, col: column })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const sentence = [message, hint].filter((part) => part !== undefined).join(' ');
  return `::error ${place.join(',')}::${escapeData(sentence)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

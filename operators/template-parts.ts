// Comments and raw blocks are one piece each; an expression or a statement has its brackets and its code.
const BLOCKS =
  /\{#[\s\S]*?#\}|\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}|(\{\{|\{%)([\s\S]*?)(\}\}|%\})/g;

/** What to do with the parts of a template; comments and raw blocks stay as they are. */
export interface TemplateChange {
  /** Plain text between the blocks. */
  readonly text?: (text: string) => string;
  /** Code inside `{{ … }}` and `{% … %}`. */
  readonly code?: (code: string) => string;
}

/** Rewrites the plain text and the code of a Jinja template. */
export function changeTemplate(template: string, change: TemplateChange): string {
  const text = change.text ?? ((part: string) => part);
  const code = change.code ?? ((part: string) => part);
  if (!template.includes('{')) return text(template);
  let end = 0;
  const parts: string[] = [];
  for (const match of template.matchAll(BLOCKS)) {
    const [all, open, inside = '', close = ''] = match;
    parts.push(text(template.slice(end, match.index)));
    parts.push(open === undefined ? all : `${open}${code(inside)}${close}`);
    end = match.index + all.length;
  }
  return [...parts, text(template.slice(end))].join('');
}

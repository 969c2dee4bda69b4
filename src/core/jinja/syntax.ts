import nunjucks from 'nunjucks';
import { ConfigError } from '../errors.ts';
import { findDifference } from './differences.ts';
import type { Block } from './syntax-tree.ts';

interface Parser {
  readonly parser: { parse(text: string, extensions: readonly never[], options: object): Block };
}

const MAX_KEPT = 500;
const parsed = new Map<string, Block>();

/** True for a text without a brace: there is nothing in it to fill in. */
export function isPlainText(text: string): boolean {
  return !/[{}]/.test(text);
}

/**
 * A text as Jinja reads it: line ends become `\n` and one at the very end is dropped
 * (https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control).
 */
export function normalText(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/\r\n|\r/g, '\n').replace(/\n$/, '') : text;
}

/**
 * Parses a template.
 * @throws ConfigError `HERMES_TEMPLATE_SYNTAX`, or `HERMES_TEMPLATE` for what Jinja would read otherwise
 */
export function parseTemplate(text: string): Block {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (hasStrangeRaw(text)) throw templateError('HERMES_TEMPLATE_SYNTAX', text, RAW_FORM);
  try {
    const block = (nunjucks as unknown as Parser).parser.parse(normalText(text), [], {});
    const difference = findDifference(block);
    if (difference !== undefined) throw templateError('HERMES_TEMPLATE', text, difference);
    if (parsed.size >= MAX_KEPT) parsed.clear();
    parsed.set(text, block);
    return block;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).split('\n').at(-1)?.trim() ?? '';
    throw templateError('HERMES_TEMPLATE_SYNTAX', text, reason.replace(/^parse\w+: /, ''));
  }
}

const RAW_FORM = 'a raw block is written {% raw %}…{% endraw %}, without "-" and without another one in it.';
const BLOCKS =
  /\{#[\s\S]*?#\}|(\{%[-+]?\s*raw\s*[-+]?%\}(?:[\s\S]*?\{%[-+]?\s*endraw\s*[-+]?%\})?)|\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const PLAIN_RAW = /^\{%\s*raw\s*%\}((?!\{%\s*raw\s*%\})[\s\S])*\{%\s*endraw\s*%\}$/;

/** Jinja refuses a raw block without an end, and ends others elsewhere than nunjucks. */
function hasStrangeRaw(text: string): boolean {
  if (!text.includes('raw')) return false;
  return text.matchAll(BLOCKS).some(([, raw]) => raw !== undefined && !PLAIN_RAW.test(raw));
}

/** A template that cannot be rendered. */
export class TemplateError extends ConfigError {
  /** The whole of it. */
  readonly template: string;

  constructor(message: string, code: string, template: string) {
    super(message, { code });
    this.template = template;
  }
}

/** An error about one template; names the template, shortened. */
export function templateError(code: string, template: string, reason: string): TemplateError {
  const shown = template.length > 200 ? `${template.slice(0, 200)}…` : template;
  return new TemplateError(`Cannot render the template ${JSON.stringify(shown)}: ${reason}`, code, template);
}

import { evaluate, evaluateOutput, type Scope } from './jinja/evaluate.ts';
import { isPlainText, normalText, parseTemplate, templateError } from './jinja/syntax.ts';
import type { Block, Statement } from './jinja/syntax-tree.ts';
import { isTrue, TemplateFault } from './jinja/values.ts';
import type { Json, JsonObject } from './json.ts';

/**
 * Renders a template with Airflow's meaning: Jinja without escaping, an undefined name is an error, Python's texts for
 * values (`True`, `None`). What would come out otherwise than in Airflow is refused, never guessed: loops, macros,
 * unknown filters.
 * @throws ConfigError `HERMES_TEMPLATE_SYNTAX` or `HERMES_TEMPLATE`, with the template and the name that is missing.
 */
export function renderTemplate(text: string, scope: Scope): string {
  if (isPlainText(text)) return normalText(text);
  try {
    const parts = simpleParts(text);
    if (parts === undefined) return renderBlock(parseTemplate(text), scope);
    return parts.map((part) => (isPlainText(part) ? part : renderBlock(parseTemplate(part), scope))).join('');
  } catch (error) {
    if (error instanceof TemplateFault) throw templateError('HERMES_TEMPLATE', text, error.message);
    // A mistake in a part is told of the whole.
    parseTemplate(text);
    throw error;
  }
}

const SIMPLE = /(\{\{(?:[^{}'"]|'[^'{}\\]*'|"[^"{}\\]*")*\}\})/;

/**
 * The parts of a template that holds nothing but text and plain `{{ … }}`: the text differs from task to task, the
 * expressions do not, so that each is parsed once. Undefined for any other template, and where trimming by `-` reaches
 * from an expression into the text.
 */
function simpleParts(text: string): readonly string[] | undefined {
  const parts = normalText(text).split(SIMPLE);
  const isSimple = parts.every((part, index) =>
    index % 2 === 0 ? isPlainText(part) : !/^\{\{[-+]|[-+]\}\}$/.test(part),
  );
  return isSimple && parts.length > 1 ? parts : undefined;
}

/** Renders every text of a JSON value; keys, numbers and booleans stay as they are. */
export function renderJson(value: Json, scope: Scope): Json {
  return mapTexts(value, (text) => renderTemplate(text, scope));
}

/** A JSON value with other texts; keys stay as they are. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const changed: Record<string, Json> = {};
  for (const key of Object.keys(value)) changed[key] = mapTexts((value as JsonObject)[key] ?? null, change);
  return changed;
}

function renderBlock(block: Block, scope: Scope): string {
  return block.children.map((statement) => renderStatement(statement, scope)).join('');
}

function renderStatement(statement: Statement, scope: Scope): string {
  if (statement.typename === 'Output') {
    return statement.children
      .map((child) => (child.typename === 'TemplateData' ? child.value : evaluateOutput(child, scope)))
      .join('');
  }
  if (statement.typename === 'If') {
    const chosen = isTrue(evaluate(statement.cond, scope)) ? statement.body : statement.else_;
    if (chosen === null) return '';
    return 'children' in chosen && chosen.typename !== 'Output'
      ? renderBlock(chosen as Block, scope)
      : renderStatement(chosen as Statement, scope);
  }
  throw new TemplateFault('only {{ … }} and {% if … %} are rendered here.');
}

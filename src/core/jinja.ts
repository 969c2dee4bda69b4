import { evaluate, evaluateOutput, type Scope } from './jinja/evaluate.ts';
import { isPlainText, normalText, parseTemplate, templateError } from './jinja/syntax.ts';
import type { Block, Statement } from './jinja/syntax-tree.ts';
import { isTrue, TemplateFault } from './jinja/values.ts';
import type { Json } from './json.ts';

/**
 * Renders a template with Airflow's meaning: Jinja without escaping, an undefined name is an error, Python's texts for
 * values (`True`, `None`). What would come out otherwise than in Airflow is refused, never guessed: loops, macros,
 * unknown filters.
 * @throws ConfigError `HERMES_TEMPLATE_SYNTAX` or `HERMES_TEMPLATE`, with the template and the name that is missing.
 */
export function renderTemplate(text: string, scope: Scope): string {
  if (isPlainText(text)) return normalText(text);
  const block = parseTemplate(text);
  try {
    return renderBlock(block, scope);
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    throw templateError('HERMES_TEMPLATE', text, error.message);
  }
}

/** Renders every text of a JSON value; keys, numbers and booleans stay as they are. */
export function renderJson(value: Json, scope: Scope): Json {
  if (typeof value === 'string') return renderTemplate(value, scope);
  if (Array.isArray(value)) return value.map((item) => renderJson(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderJson(item, scope)]));
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

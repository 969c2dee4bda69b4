import nunjucks from 'nunjucks';
import { ConfigError } from '../errors.ts';

interface Place {
  /** Both count from 0, as the parser gives them. */
  readonly lineno: number;
  readonly colno: number;
}
interface Binary extends Place {
  readonly left: Expression;
  readonly right: Expression;
}
interface Pair extends Place {
  readonly typename: 'Pair';
  readonly key: Expression;
  readonly value: Expression;
}
interface Arguments extends Place {
  readonly typename: 'NodeList';
  readonly children: readonly (
    | Expression
    | (Place & { typename: 'KeywordArgs'; children: readonly Pair[] })
  )[];
}

interface Call<Name extends string> extends Place {
  readonly typename: Name;
  readonly name: Expression;
  readonly args: Arguments;
}

export type BinaryName = 'Add' | 'Sub' | 'Mul' | 'Div' | 'FloorDiv' | 'Mod' | 'Pow' | 'Concat' | 'In';

export type Expression =
  | (Place & { typename: 'Literal'; value: string | number | boolean | null })
  | (Place & { typename: 'Symbol'; value: string })
  | (Place & { typename: 'Group' | 'Array'; children: readonly Expression[] })
  | (Place & { typename: 'Dict'; children: readonly Pair[] })
  | (Place & { typename: 'LookupVal'; target: Expression; val: Expression })
  | Call<'FunCall'>
  | Call<'Filter'>
  | (Place & { typename: 'InlineIf'; cond: Expression; body: Expression; else_: Expression | null })
  | (Place & { typename: 'Not' | 'Neg' | 'Pos'; target: Expression })
  | (Place & {
      typename: 'Compare';
      expr: Expression;
      ops: readonly { readonly type: string; readonly expr: Expression }[];
    })
  | (Binary & { typename: 'And' | 'Or' })
  | (Binary & { typename: 'Is' })
  | (Binary & { typename: BinaryName });

export type Statement =
  | (Place & {
      typename: 'Output';
      children: readonly (Expression | (Place & { typename: 'TemplateData'; value: string }))[];
    })
  | (Place & { typename: 'If'; cond: Expression; body: Block; else_: Statement | Block | null });

/** A sequence of statements. */
export interface Block extends Place {
  readonly typename: 'NodeList' | 'Root';
  readonly children: readonly Statement[];
}

interface Parser {
  readonly parser: { parse(text: string, extensions: readonly never[], options: object): Block };
}

const MAX_KEPT = 500;
const parsed = new Map<string, Block>();

/**
 * Parses a template as Jinja reads it: line ends become `\n` and one at the very end is dropped
 * (https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control).
 * @throws ConfigError `HERMES_TEMPLATE_SYNTAX` with the template and the place.
 */
export function parseTemplate(text: string): Block {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const normal = text.replace(/\r\n|\r/g, '\n').replace(/\n$/, '');
  try {
    const block = (nunjucks as unknown as Parser).parser.parse(normal, [], {});
    if (parsed.size >= MAX_KEPT) parsed.clear();
    parsed.set(text, block);
    return block;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n').at(-1)?.trim() ?? '';
    throw templateError('HERMES_TEMPLATE_SYNTAX', text, reason.replace(/^parse\w+: /, ''));
  }
}

/** An error about one template; names the template, shortened. */
export function templateError(code: string, template: string, reason: string): ConfigError {
  const shown = template.length > 200 ? `${template.slice(0, 200)}…` : template;
  return new ConfigError(`Cannot render the template ${JSON.stringify(shown)}: ${reason}`, { code });
}

import { didYouMean } from '../suggest.ts';
import { filters } from './filters.ts';
import type { Block, Expression, Statement } from './syntax-tree.ts';

/**
 * Why a parsed template would mean something else, or nothing, in Jinja: the parser groups some operators in its own
 * way and knows tags that Jinja does not, or that are not rendered here. Undefined when both agree.
 */
export function findDifference(block: Block): string | undefined {
  return first(block.children, inStatement);
}

function inStatement(statement: Statement): string | undefined {
  switch (statement.typename) {
    case 'Output':
      return first(statement.children, (child) => {
        if (child.typename === 'TemplateData') return undefined;
        return isJsonFilter(child) ? first(partsOf(child), inExpression) : inExpression(child);
      });
    case 'If': {
      const { cond, body, else_ } = statement;
      const otherwise =
        else_ === null ? undefined : isBlock(else_) ? findDifference(else_) : inStatement(else_);
      return inExpression(cond) ?? findDifference(body) ?? otherwise;
    }
    default: {
      const name = (statement as { typename: string }).typename.toLowerCase();
      return `{% ${name} %} is not rendered here; use {{ … }} and {% if … %}.`;
    }
  }
}

function isBlock(part: Statement | Block): part is Block {
  return part.typename === 'NodeList' || part.typename === 'Root';
}

function inExpression(node: Expression): string | undefined {
  return ownDifference(node) ?? first(partsOf(node), inExpression);
}

const multiplicative: readonly string[] = ['Mul', 'Div', 'FloorDiv', 'Mod'];
const additive: readonly string[] = ['Add', 'Sub'];
const looserThanTests: readonly string[] = [
  'Compare',
  'Concat',
  'In',
  'Pow',
  'Not',
  'And',
  'Or',
  ...multiplicative,
  ...additive,
];

function ownDifference(node: Expression): string | undefined {
  switch (node.typename) {
    case 'Filter':
      return unknownFilter(node);
    case 'Concat':
      return [node.left, node.right].some(({ typename }) => additive.includes(typename))
        ? 'it mixes ~ with + or -; put parentheses around one of them.'
        : undefined;
    case 'Mul':
    case 'Div':
    case 'FloorDiv':
    case 'Mod':
      return multiplicative.includes(node.right.typename)
        ? 'it mixes *, //, % in a row; put parentheses around one of them.'
        : undefined;
    case 'Is':
      return looserThanTests.includes(node.left.typename)
        ? '"is" binds tighter than the operator before it; put parentheses around one of them.'
        : undefined;
    case 'InlineIf':
      return openTest(node.body, 'if');
    case 'In':
      return openTest(node.left, 'in');
    default:
      return undefined;
  }
}

/** Jinja takes a word behind `is defined` for an argument of the test, unless it is `and`, `or` or `else`. */
function openTest(node: Expression, word: string): string | undefined {
  if (node.typename === 'Is') return `"is" before "${word}" needs parentheses around the test.`;
  if (node.typename === 'Not') return openTest(node.target, word);
  const isOpen = node.typename === 'And' || node.typename === 'Or' || node.typename === 'In';
  return isOpen ? openTest(node.right, word) : undefined;
}

function unknownFilter(node: Expression & { typename: 'Filter' }): string | undefined {
  const name = node.name.typename === 'Symbol' ? node.name.value : '';
  // Its result is Markup, which escapes whatever it is joined with.
  if (name === 'tojson') return 'tojson must be the last thing between {{ and }}.';
  if (Object.hasOwn(filters, name)) return undefined;
  const known = Object.keys(filters);
  return `there is no filter "${name}" here. ${didYouMean(name, known) ?? `Filters: ${known.join(', ')}, tojson.`}`;
}

function isJsonFilter(node: Expression): boolean {
  return node.typename === 'Filter' && node.name.typename === 'Symbol' && node.name.value === 'tojson';
}

function partsOf(node: Expression): readonly Expression[] {
  switch (node.typename) {
    case 'Literal':
    case 'Symbol':
      return [];
    case 'Group':
    case 'Array':
      return node.children;
    case 'Dict':
      return node.children.flatMap(({ key, value }) => [key, value]);
    case 'LookupVal':
      return [node.target, node.val];
    case 'FunCall':
    case 'Filter': {
      const passed = node.args.children.flatMap((child) =>
        child.typename === 'KeywordArgs' ? child.children.map(({ value }) => value) : [child],
      );
      return node.typename === 'FunCall' ? [node.name, ...passed] : passed;
    }
    case 'InlineIf':
      return node.else_ === null ? [node.cond, node.body] : [node.cond, node.body, node.else_];
    case 'Not':
    case 'Neg':
    case 'Pos':
      return [node.target];
    case 'Compare':
      return [node.expr, ...node.ops.map(({ expr }) => expr)];
    default:
      return [node.left, node.right];
  }
}

function first<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

import { didYouMean } from '../suggest.ts';
import { filters, jsonText } from './filters.ts';
import { attributeOf, isDictMethod, itemOf } from './lookup.ts';
import { Moment } from './moment.ts';
import type { BinaryName, Expression } from './syntax-tree.ts';
import {
  type Callable,
  defined,
  isDict,
  isEqual,
  isTrue,
  type KeywordArguments,
  TemplateFault,
  toText,
  Undefined,
  type Value,
} from './values.ts';

/** Names that a template may use. */
export type Scope = Readonly<Record<string, Value>>;

const constants: Scope = { True: true, False: false, None: null, true: true, false: false, none: null };

/** Computes an expression with Python's meaning. @throws TemplateFault */
export function evaluate(node: Expression, scope: Scope): Value {
  switch (node.typename) {
    case 'Literal':
      return node.value;
    case 'Symbol':
      return lookUp(node.value, scope);
    case 'Group':
    case 'Array':
      return node.typename === 'Group' && node.children.length === 1
        ? evaluate(node.children[0] as Expression, scope)
        : node.children.map((child) => defined(evaluate(child, scope)));
    case 'Dict':
      return dictionary(node, scope);
    case 'LookupVal':
      return lookUpIn(node, scope);
    case 'FunCall':
      return call(node, scope);
    case 'Filter':
      return filter(node, scope);
    case 'InlineIf':
      return inlineIf(node, scope);
    case 'Not':
      return !isTrue(evaluate(node.target, scope));
    case 'Neg':
      return -number(evaluate(node.target, scope));
    case 'Pos':
      return number(evaluate(node.target, scope));
    case 'Compare':
      return compare(node, scope);
    case 'And':
    case 'Or': {
      const left = evaluate(node.left, scope);
      return isTrue(left) === (node.typename === 'And') ? evaluate(node.right, scope) : left;
    }
    case 'Is':
      return test(node, scope);
    default:
      return binary(node, scope);
  }
}

/** The text of `{{ node }}`. */
export function evaluateOutput(node: Expression, scope: Scope): string {
  const isJson =
    node.typename === 'Filter' && node.name.typename === 'Symbol' && node.name.value === 'tojson';
  if (!isJson) return toText(evaluate(node, scope));
  return jsonText(callArguments(node, scope).positional[0] ?? null);
}

function lookUp(name: string, scope: Scope): Value {
  if (Object.hasOwn(scope, name)) return scope[name] ?? null;
  if (Object.hasOwn(constants, name)) return constants[name] ?? null;
  return new Undefined([`${name} is undefined.`, didYouMean(name, Object.keys(scope))].join(' ').trim());
}

function lookUpIn(node: Expression & { typename: 'LookupVal' }, scope: Scope): Value {
  const object = defined(evaluate(node.target, scope));
  const key = evaluate(node.val, scope);
  const path = describe(node);
  if (typeof key !== 'string') return itemOf(object, key, path);
  const isItem = isDict(object) && Object.hasOwn(object, key);
  // The parser gives `a.items` and `a['items']` the same node; in Jinja the first is the method, the second the item.
  if (isItem && isDictMethod(key)) {
    throw new TemplateFault(
      `${path} may be an item or a method; write ${describe(node.target)}.get('${key}').`,
    );
  }
  return isItem ? itemOf(object, key, path) : attributeOf(object, key, path);
}

function dictionary(node: Expression & { typename: 'Dict' }, scope: Scope): Value {
  return Object.fromEntries(
    node.children.map((pair) => [toText(evaluate(pair.key, scope)), defined(evaluate(pair.value, scope))]),
  ) as Value;
}

function call(node: Expression & { typename: 'FunCall' }, scope: Scope): Value {
  const target = defined(evaluate(node.name, scope));
  if (typeof target !== 'function') throw new TemplateFault(`${describe(node.name)} is not a function.`);
  const { positional, keywords } = callArguments(node, scope);
  return (target as Callable)(positional, keywords);
}

function filter(node: Expression & { typename: 'Filter' }, scope: Scope): Value {
  const name = node.name.typename === 'Symbol' ? node.name.value : '';
  const apply = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (apply === undefined) throw new TemplateFault(`there is no filter "${name}" here.`);
  const { positional, keywords } = callArguments(node, scope);
  const [value = null, ...rest] = positional;
  return apply(value, rest, keywords);
}

function callArguments(
  node: Expression & { typename: 'FunCall' | 'Filter' },
  scope: Scope,
): { positional: Value[]; keywords: KeywordArguments } {
  const positional: Value[] = [];
  const keywords: Record<string, Value> = {};
  for (const child of node.args.children) {
    if (child.typename !== 'KeywordArgs') positional.push(evaluate(child, scope));
    else
      for (const pair of child.children) {
        keywords[pair.key.typename === 'Symbol' ? pair.key.value : ''] = evaluate(pair.value, scope);
      }
  }
  return { positional, keywords };
}

function inlineIf(node: Expression & { typename: 'InlineIf' }, scope: Scope): Value {
  if (isTrue(evaluate(node.cond, scope))) return evaluate(node.body, scope);
  return node.else_ === null
    ? new Undefined('the inline if has no else and its condition is false.')
    : evaluate(node.else_, scope);
}

function compare(node: Expression & { typename: 'Compare' }, scope: Scope): boolean {
  let left = evaluate(node.expr, scope);
  for (const { type, expr } of node.ops) {
    const right = evaluate(expr, scope);
    if (!compares(type, left, right)) return false;
    left = right;
  }
  return true;
}

function compares(operator: string, left: Value, right: Value): boolean {
  if (operator === '==') return isEqual(left, right);
  if (operator === '!=') return !isEqual(left, right);
  const order = orderOf(defined(left), defined(right));
  if (operator === '<') return order < 0;
  if (operator === '>') return order > 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>=') return order >= 0;
  throw new TemplateFault(`${operator} is not an operator of Jinja.`);
}

function orderOf(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof Moment && right instanceof Moment)
    return left.instant.getTime() - right.instant.getTime();
  return number(left) - number(right);
}

function test(node: Expression & { typename: 'Is' }, scope: Scope): boolean {
  const name = node.right.typename === 'Symbol' ? node.right.value : toText(evaluate(node.right, scope));
  const value = evaluate(node.left, scope);
  if (name === 'defined') return !(value instanceof Undefined);
  if (name === 'undefined') return value instanceof Undefined;
  if (name === 'none' || name === 'None') return defined(value) === null;
  if (name === 'string') return typeof defined(value) === 'string';
  if (name === 'number') return typeof defined(value) === 'number';
  if (name === 'mapping') return isDict(defined(value));
  throw new TemplateFault(
    `there is no test "${name}" here. Tests: defined, undefined, none, string, number, mapping.`,
  );
}

function binary(node: Expression & { typename: BinaryName }, scope: Scope): Value {
  const left = defined(evaluate(node.left, scope));
  const right = defined(evaluate(node.right, scope));
  switch (node.typename) {
    case 'Concat':
      return toText(left) + toText(right);
    case 'Add':
      if (typeof left === 'string' && typeof right === 'string') return left + right;
      return Array.isArray(left) && Array.isArray(right) ? [...left, ...right] : number(left) + number(right);
    case 'In':
      return contains(right, left);
    case 'Sub':
      return number(left) - number(right);
    case 'Mul':
      return number(left) * number(right);
    case 'FloorDiv':
      return Math.floor(number(left) / divisor(right));
    case 'Mod':
      return number(left) - Math.floor(number(left) / divisor(right)) * number(right);
    case 'Pow':
      return number(left) ** number(right);
    default:
      throw new TemplateFault(`${describe(node)}: use // instead of /, whose result is a float in Python.`);
  }
}

function contains(container: Exclude<Value, Undefined>, item: Value): boolean {
  if (typeof container === 'string' && typeof item === 'string') return container.includes(item);
  if (Array.isArray(container)) return container.some((each) => isEqual(each, item));
  if (isDict(container)) return Object.hasOwn(container, toText(item));
  throw new TemplateFault(`"in" needs a text, a list or a dictionary.`);
}

function number(value: Value): number {
  const known = defined(value);
  if (typeof known === 'number') return known;
  if (typeof known === 'boolean') return Number(known);
  throw new TemplateFault(`${JSON.stringify(toText(known))} is not a number.`);
}

function divisor(value: Value): number {
  const known = number(value);
  if (known === 0) throw new TemplateFault('division by zero.');
  return known;
}

function describe(node: Expression): string {
  if (node.typename === 'Symbol') return node.value;
  if (node.typename === 'Literal') return JSON.stringify(node.value);
  if (node.typename === 'FunCall') return `${describe(node.name)}(…)`;
  if (node.typename !== 'LookupVal') return '(…)';
  const key = node.val.typename === 'Literal' ? node.val.value : undefined;
  return typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key)
    ? `${describe(node.target)}.${key}`
    : `${describe(node.target)}[${describe(node.val)}]`;
}

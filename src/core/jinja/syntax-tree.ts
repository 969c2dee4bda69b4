/** The parts of the parser's tree that are rendered here; see nunjucks' `src/nodes.js`. */
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

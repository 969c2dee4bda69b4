import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Handlebars from 'handlebars';
import { packageRoot } from '../../core/package-root.ts';

const FOLDER = join(packageRoot, 'src', 'workspace', 'pages', 'templates');

/** Facts of the page around the content. */
export interface PageFrame {
  readonly title: string;
  /** Nonce of style and script for the content security policy. */
  readonly nonce: string;
  readonly userName?: string;
  /** Name of the scenario that is being played, for the banner. */
  readonly scenario?: string;
  /** Links to the parts of the workspace. */
  readonly sections?: readonly { readonly name: string; readonly url: string; readonly isHere: boolean }[];
  /** Whether the run page's script belongs to the page. */
  readonly hasLog?: boolean;
}

export type PageName =
  | 'runs'
  | 'run'
  | 'dags'
  | 'dag-run'
  | 'artifacts'
  | 'project'
  | 'policies'
  | 'policy'
  | 'tables'
  | 'table'
  | 'job'
  | 'jobs'
  | 'sign-in'
  | 'refused';
let templates: ReadonlyMap<string, HandlebarsTemplateDelegate> | undefined;

/** Renders a page. Every value is HTML-escaped by Handlebars; templates hold no triple braces around values. */
export function renderPage(name: PageName, frame: PageFrame, values: object): string {
  return fill('layout', { ...frame, content: new Handlebars.SafeString(renderContent(name, values)) });
}

/** A page without what is around it, for a page that refreshes itself. */
export function renderContent(name: PageName, values: object): string {
  return fill(name, values);
}

function fill(name: PageName | 'layout', values: object): string {
  templates ??= loadTemplates();
  return templates.get(name)?.(values) ?? '';
}

function loadTemplates(): ReadonlyMap<string, HandlebarsTemplateDelegate> {
  const engine = Handlebars.create();
  engine.registerHelper('add', (a: number, b: number) => a + b);
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.hbs'));
  return new Map(
    files.map((file) => {
      const name = basename(file, '.hbs');
      const template = engine.compile(readFileSync(join(FOLDER, file), 'utf8'), { strict: false });
      engine.registerPartial(name, template);
      return [name, template];
    }),
  );
}

/** What a task does, checked: the one of `spark_python_task`, `python_wheel_task` and `notebook_task` that it has. */
export type TaskWork = ScriptWork | WheelWork | NotebookWork;

/** A Python file, run as `__main__`. https://docs.databricks.com/api/workspace/jobs/submit */
interface ScriptWork {
  readonly kind: 'script';
  /** `file:///…`, `/absolute`, `s3://…`, `dbfs:/…`, `/Workspace/…` or `/Volumes/…`. */
  readonly file: string;
  readonly parameters: readonly string[];
}

/** An entry point of an installed wheel; `sys.argv[0]` is the package's name. */
interface WheelWork {
  readonly kind: 'wheel';
  readonly packageName: string;
  /** Name of the wheel's metadata; when absent there, `packageName.entryPoint()` is called. */
  readonly entryPoint: string;
  /** As the script gets them: named ones are `--name=value`. */
  readonly parameters: readonly string[];
}

/** A notebook that was exported as source: a `.py` file with `# COMMAND ----------` between its cells. */
interface NotebookWork {
  readonly kind: 'notebook';
  /** Path below `/Workspace`, with or without `.py`. */
  readonly path: string;
  /** What `dbutils.widgets.get` answers. */
  readonly widgets: Readonly<Record<string, string>>;
}

/** A library of a task or of a policy, in the order given. */
export type TaskLibrary =
  | { readonly kind: 'whl'; readonly location: string }
  | { readonly kind: 'pypi'; readonly requirement: string; readonly index?: string }
  | { readonly kind: 'requirements'; readonly location: string };

/** The command line of a script or an entry point; the widgets of a notebook as `name=value`. */
export function parametersOf(work: TaskWork): readonly string[] {
  if (work.kind !== 'notebook') return work.parameters;
  return Object.entries(work.widgets).map(([name, value]) => `${name}=${value}`);
}

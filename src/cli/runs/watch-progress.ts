import { createLogUpdate } from 'log-update';
import type { Clock } from '../../core/clock.ts';
import { redact } from '../../core/redaction.ts';
import type { Cli } from '../cli.ts';
import { createProgress, type Progress, type ProgressOutput } from './run-progress.ts';

const TICK_MS = 100;

/** Shows a DAG run while `work` goes on; on a terminal the table moves by itself. */
export function watchProgress<T>(cli: Cli, work: (onEvent: Progress['onEvent']) => Promise<T>): Promise<T> {
  return watchWith(cli, createProgress, work);
}

/** Makes something that shows events. */
type ProgressMaker<E> = (
  output: ProgressOutput,
  clock: Clock,
) => { readonly onEvent: (event: E) => void; readonly tick: () => void };

/** As {@link watchProgress}, for events of any kind. */
export async function watchWith<T, E>(
  cli: Cli,
  create: ProgressMaker<E>,
  work: (onEvent: (event: E) => void) => Promise<T>,
): Promise<T> {
  const plain = {
    style: cli.style.bind(cli),
    print: (line: string) => cli.print(line),
    object: (value: unknown) => cli.object(value),
    // A program has it as an object already.
    note: (line: string) => (cli.json ? undefined : cli.note(line)),
  };
  // A terminal without a size has no room to redraw in.
  const isLive = cli.isInteractive && (process.stdout.rows ?? 0) > 0;
  if (!isLive) return work(create(plain, cli.clock).onEvent);

  const live = createLogUpdate(process.stdout);
  const progress = create(
    {
      ...plain,
      redraw: (text) => live(redact(text)),
      clear: () => live.clear(),
      height: () => Math.max(1, process.stdout.rows - 1),
      note: (line) => {
        live.clear();
        cli.note(line);
      },
    },
    cli.clock,
  );
  const timer = setInterval(progress.tick, TICK_MS);
  try {
    return await work(progress.onEvent);
  } finally {
    clearInterval(timer);
    live.done();
  }
}

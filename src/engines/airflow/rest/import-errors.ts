import { z } from 'zod';
import type { AirflowApi } from './airflow-api.ts';
import { listAll } from './list-all.ts';

const errorSchema = z
  .object({ filename: z.string(), stack_trace: z.string(), timestamp: z.string() })
  .transform(({ filename, stack_trace, timestamp }) => ({
    /** As Airflow found it, below its folder of DAGs. */
    file: filename,
    stackTrace: stack_trace,
    at: new Date(timestamp),
  }));

/** A file that Airflow could not load. */
export type ImportError = z.infer<typeof errorSchema>;

/** The files that Airflow cannot load at present. */
export function listImportErrors(api: AirflowApi, signal: AbortSignal): Promise<readonly ImportError[]> {
  const call = { path: ['importErrors'], action: 'list import errors' };
  return listAll(api, call, 'import_errors', errorSchema, signal);
}

/** Address of the page of a DAG. */
export function dagUrl(dag: string): string {
  return `/dags/${encodeURIComponent(dag)}`;
}

/** Address of the page of a DAG run. Environments may hold runs of the same name. */
export function dagRunUrl(dag: string, dagRun: string, environment: string | null): string {
  const place = `${dagUrl(dag)}/runs/${encodeURIComponent(dagRun)}`;
  return environment === null ? place : `${place}?environment=${encodeURIComponent(environment)}`;
}

import type { JsonObject } from '../../../core/json.ts';

/** One call of the REST API (https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html). */
export interface AirflowCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Segments below `/api/v2`, as they are: encoding is done here. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: JsonObject;
  /** What was meant, for messages: `trigger DAG seattle`. */
  readonly action: string;
  /** A write that may be sent twice; reads always may. */
  readonly repeatable?: boolean;
}

import { ApiError } from '../wire/api-error.ts';

/** The one warehouse: the engine of this machine, as clients want to see it. */
export const WAREHOUSE = {
  id: 'embedded',
  name: 'Embedded engine',
  cluster_size: '2X-Small',
  min_num_clusters: 1,
  max_num_clusters: 1,
  auto_stop_mins: 15,
  state: 'RUNNING',
  health: { status: 'HEALTHY' },
  warehouse_type: 'PRO',
  enable_serverless_compute: false,
  num_clusters: 1,
};

/** @throws ApiError for an id of none */
export function warehouseOf(id: string): typeof WAREHOUSE {
  if (id === WAREHOUSE.id) return WAREHOUSE;
  throw new ApiError(
    'RESOURCE_DOES_NOT_EXIST',
    `SQL warehouse ${id} does not exist; there is one here: ${WAREHOUSE.id}.`,
  );
}

import type { JsonObject } from '../../core/json.ts';

/** Name, memory in MiB, cores, GB of the local disk: https://aws.amazon.com/ec2/instance-types/ */
const TYPES = [
  ['m5.large', 8_192, 2, 0],
  ['m5.xlarge', 16_384, 4, 0],
  ['m5.2xlarge', 32_768, 8, 0],
  ['m5d.large', 8_192, 2, 75],
  ['r5.large', 16_384, 2, 0],
  ['c5.xlarge', 8_192, 4, 0],
  ['i3.xlarge', 31_232, 4, 950],
] as const;

/** Node types that `list-node-types` names. A task runs on this machine whatever its cluster is said to be made of. */
export const nodeTypes: readonly JsonObject[] = TYPES.map(([id, memory, cores, disk]) => ({
  node_type_id: id,
  instance_type_id: id,
  memory_mb: memory,
  num_cores: cores,
  num_gpus: 0,
  description: id,
  category: { c: 'Compute Optimized', i: 'Storage Optimized', m: 'General Purpose', r: 'Memory Optimized' }[
    id.charAt(0)
  ] as string,
  node_instance_type: {
    instance_type_id: id,
    local_disks: 0,
    local_disk_size_gb: 0,
    local_nvme_disks: disk === 0 ? 0 : 1,
    local_nvme_disk_size_gb: disk,
  },
  is_deprecated: false,
  is_io_cache_enabled: disk > 0,
  support_ebs_volumes: true,
  support_cluster_tags: true,
  photon_driver_capable: false,
  photon_worker_capable: false,
}));

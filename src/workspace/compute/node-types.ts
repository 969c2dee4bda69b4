import type { JsonObject } from '../../core/json.ts';

/** Name, memory in MiB, cores: https://aws.amazon.com/ec2/instance-types/ */
const TYPES = [
  ['m5.large', 8_192, 2],
  ['m5.xlarge', 16_384, 4],
  ['m5.2xlarge', 32_768, 8],
  ['m5d.large', 8_192, 2],
  ['r5.large', 16_384, 2],
  ['c5.xlarge', 8_192, 4],
  ['i3.xlarge', 31_232, 4],
] as const;

/** Node types that `list-node-types` names. A task runs on this machine whatever its cluster is said to be made of. */
export const nodeTypes: readonly JsonObject[] = TYPES.map(([id, memory, cores]) => ({
  node_type_id: id,
  instance_type_id: id,
  memory_mb: memory,
  num_cores: cores,
  num_gpus: 0,
  description: id,
  category: { c: 'Compute Optimized', i: 'Storage Optimized', m: 'General Purpose', r: 'Memory Optimized' }[
    id.charAt(0)
  ] as string,
  is_deprecated: false,
  is_io_cache_enabled: id.startsWith('i3') || id.includes('d.'),
  support_ebs_volumes: true,
  support_cluster_tags: true,
  photon_driver_capable: false,
  photon_worker_capable: false,
}));

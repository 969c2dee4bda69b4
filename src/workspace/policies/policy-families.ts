import type { JsonObject } from '../../core/json.ts';
import { parseJson, stringifyJson } from '../../core/json.ts';
import { ApiError } from '../wire/api-error.ts';
import { isObject } from '../wire/fields.ts';

interface PolicyFamily {
  readonly policy_family_id: string;
  readonly name: string;
  readonly description: string;
  readonly definition: JsonObject;
}

const jobsOnly: JsonObject = {
  cluster_type: { type: 'fixed', value: 'job' },
  spark_version: { type: 'unlimited', defaultValue: 'auto:latest-lts' },
  node_type_id: { type: 'unlimited', defaultValue: 'm5.xlarge', isOptional: true },
  num_workers: { type: 'unlimited', defaultValue: 4, isOptional: true },
  'aws_attributes.availability': { type: 'unlimited', defaultValue: 'SPOT_WITH_FALLBACK', isOptional: true },
};
const interactive: JsonObject = {
  cluster_type: { type: 'fixed', value: 'all-purpose' },
  spark_version: { type: 'unlimited', defaultValue: 'auto:latest-lts' },
  autotermination_minutes: { type: 'unlimited', defaultValue: 60, isOptional: true },
};

// The ids are those of the cloud; the definitions are short likenesses of its own, which it changes over time.
const families: readonly PolicyFamily[] = [
  family('job-cluster', 'Job Compute', 'For production jobs.', jobsOnly),
  family('personal-vm', 'Personal Compute', 'One machine for one person.', {
    ...interactive,
    num_workers: { type: 'fixed', value: 0, hidden: true },
    'spark_conf.spark.databricks.cluster.profile': { type: 'fixed', value: 'singleNode', hidden: true },
  }),
  family('power-user', 'Power User Compute', 'Larger clusters of one person.', interactive),
  family('shared-compute', 'Shared Compute', 'Clusters that several people share.', interactive),
  family('shared-data-science', 'Shared Data Science', 'Shared clusters for notebooks.', interactive),
];

/** Every policy family, as the API lists them. */
export function listFamilies(): JsonObject[] {
  return families.map(render);
}

/** @throws ApiError as the API does when there is no such family */
export function readFamily(id: string): JsonObject {
  return render(find(id));
}

/** The definition of a policy of a family: the overrides take the place of the family's elements. */
export function familyDefinition(id: string, overrides: string): string {
  const { definition } = find(id);
  const changes = overrides.trim() === '' ? {} : readOverrides(overrides);
  return changes === undefined ? overrides : stringifyJson({ ...definition, ...changes });
}

function find(id: string): PolicyFamily {
  const found = families.find((one) => one.policy_family_id === id);
  if (found === undefined)
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Can't find a policy family with id: ${id}`);
  return found;
}

function readOverrides(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function family(id: string, name: string, description: string, definition: JsonObject): PolicyFamily {
  return { policy_family_id: id, name, description, definition };
}

function render({ definition, ...rest }: PolicyFamily): JsonObject {
  return { ...rest, definition: stringifyJson(definition) };
}

import { type Json, parseJson, stringifyJson } from '../../core/json.ts';

/**
 * The definition of a policy of a family: an element of the overrides takes the place of the family's element for the
 * same path. Where one of the texts is no JSON object, it is the answer, so that its reader finds what is wrong.
 * https://docs.databricks.com/api/workspace/clusterpolicies/create
 */
export function mergePolicyFamily(family: string, overrides: string): string {
  if (overrides.trim() === '') return family;
  const [base, changes] = [parsed(family), parsed(overrides)];
  if (base === undefined) return family;
  return changes === undefined ? overrides : stringifyJson({ ...base, ...changes });
}

function parsed(text: string): object | undefined {
  try {
    const value: Json = parseJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

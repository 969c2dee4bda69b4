import type { Json, JsonObject } from '../../core/json.ts';
import { isObject } from '../wire/fields.ts';
import type { ShownFor } from './run-rule.ts';

/** A reply of `runs/get` without the fields that a rule takes away, and with the state that it gives. */
export function editRunReply(reply: JsonObject, { without, lifeCycleState }: ShownFor): JsonObject {
  const edit = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(edit);
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([name]) => !without.includes(name));
    return Object.fromEntries(
      kept.map(([name, inner]) => [name, edit(stateOf(name, inner, lifeCycleState))]),
    );
  };
  return edit(reply) as JsonObject;
}

/** `state` and `status` in a state that they say of a run that has not ended. */
function stateOf(name: string, value: Json, state: string | undefined): Json {
  if (state === undefined || !isObject(value)) return value;
  if (name === 'status') return { state };
  if (name !== 'state') return value;
  const { result_state: _ended, ...rest } = value;
  return { ...rest, life_cycle_state: state };
}

/** The same text with each run page address in the form of older workspaces. https://github.com/databricks/cli/issues/5142 */
export function withLegacyPages(text: string, workspaceId: string): string {
  return text.replace(
    /("run_page_url":"https?:\/\/[^/"]+)\/jobs\/(\d+)\/runs\/(\d+)"/g,
    `$1/?o=${workspaceId}#job/$2/run/$3"`,
  );
}

import { type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import { runById, taskById } from '../jobs/runs.ts';
import { isObject } from '../wire/fields.ts';
import { editRunReply } from './reply-edit.ts';
import type { RunRule } from './run-rule.ts';
import type { Stage } from './stage.ts';

/** Changes a reply of `runs/get` as long as a rule wants its run shown in another way. */
export type RunMask = (text: string) => string;

export function runMask(stage: Stage): RunMask {
  const polls = new Map<string, number>();
  return (text) => {
    const reply = parseJson(text);
    if (!isObject(reply)) return text;
    const rule = ruleFor(stage, reply);
    if (rule?.shown === undefined) return text;
    const key = `${reply.run_id}`;
    const count = (polls.get(key) ?? 0) + 1;
    polls.set(key, count);
    return count > rule.shown.polls ? text : stringifyJson(editRunReply(reply, rule.shown));
  };
}

function ruleFor(stage: Stage, reply: JsonObject): RunRule | undefined {
  if (reply.run_id === undefined) return undefined;
  const id = BigInt(String(reply.run_id));
  const run = runById(stage.db, taskById(stage.db, id)?.parent ?? id);
  return run === undefined ? undefined : stage.rulesOf(run).find(({ shown }) => shown !== undefined);
}

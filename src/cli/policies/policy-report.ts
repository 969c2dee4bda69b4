import type { Environment } from '../../config/environment.ts';
import { printableLine } from '../../core/printable.ts';
import { type Problem, ProblemsError } from '../../core/problems.ts';
import { redactAttribute } from '../../core/redaction.ts';
import { parseJsonSource, type SourceDocument } from '../../core/source-document.ts';
import { parsePolicyDefinition } from '../../databricks/policy/parse-policy.ts';
import type { PolicyProblem } from '../../databricks/policy/policy-problem.ts';
import type { PolicyRule } from '../../databricks/policy/policy-rule.ts';
import type { PolicyViolation } from '../../databricks/policy/policy-violation.ts';
import { shown } from '../../databricks/policy/policy-words.ts';
import { optionFor } from '../../engines/local/plan/refusal-text.ts';
import type { Cli } from '../cli.ts';
import { counted } from '../table.ts';
import type { PolicyText } from './policy-file.ts';
import { sampleCluster } from './team-policy.ts';

/**
 * Prints what is right about a definition, and throws what is wrong with it.
 * @throws ProblemsError with every mistake, and what it refuses of Hermes' own cluster
 */
export function reportPolicyCheck(io: Cli, environment: Environment, text: PolicyText): void {
  const source = parseJsonSource(text.name, text.definition.trim() === '' ? '{}' : text.definition);
  const [document] = source.documents;
  if (document === undefined)
    throw new ProblemsError(source.problems.map((one) => placed(nameTwin(one, text), text)));
  const { rules, problems } = parsePolicyDefinition(text.definition);
  const sample =
    rules === undefined ? undefined : sampleCluster(environment, text.policyId, rules, io.clock.now());
  const wrong = problems.filter(({ severity }) => severity !== 'warning');
  const violations = sample?.violations ?? [];
  const passes = sample !== undefined && violations.length === 0;
  io.object({ policy: text.name, problems, hermes: sample ?? null, passes: passes && wrong.length === 0 });
  for (const { message, hint } of problems.filter(({ severity }) => severity === 'warning'))
    io.note(`! ${printableLine([message, hint].filter((part) => part !== undefined).join(' '))}`);
  for (const remark of sample?.unjudged ?? []) io.note(`! ${printableLine(remark)}`);
  const found = [
    ...wrong.map((problem) => problemOf(problem, document, text)),
    ...violations.map((violation) =>
      violationOf(violation, rules?.byPath.get(violation.path), document, text),
    ),
  ];
  if (found.length > 0) throw new ProblemsError(found);
  const size = counted(rules?.all.length ?? 0, 'rule');
  io.print(
    `${io.style('green', '✓')} ${printableLine(text.name)} · ${size} · the cluster that Hermes makes passes`,
  );
}

/** JSON takes a key twice and forgets the first; a policy may have one element for each path. */
function nameTwin(problem: Problem, { definition }: PolicyText): Problem {
  const { line = 1, column = 1 } = problem;
  const rest = (definition.split('\n')[line - 1] ?? '').slice(column - 1);
  const [key] = /^"(?:[^"\\]|\\.)*"/.exec(rest) ?? [];
  if (key === undefined || !/unique/.test(problem.message)) return problem;
  return { ...problem, message: `${printableLine(key)} is there twice, and only one of the two counts.` };
}

function problemOf(problem: PolicyProblem, document: SourceDocument, text: PolicyText): Problem {
  const { path, message, hint } = problem;
  const place = document.locate(path, path.length === 1 ? 'key' : 'value');
  const shownHint = hint === undefined ? {} : { hint: printableLine(hint) };
  return placed({ file: text.name, ...place, message: printableLine(message), ...shownHint }, text);
}

/** What a policy refuses of the cluster that Hermes makes for every task, as a sentence. */
export function clusterRefusal({ path, value, rule }: PolicyViolation): string {
  return value === undefined
    ? `The cluster that Hermes makes lacks ${path}, which ${rule}.`
    : `The cluster that Hermes makes has ${path} = ${shown(redactAttribute(path, value as string))}, which ${rule}.`;
}

function violationOf(
  violation: PolicyViolation,
  rule: PolicyRule | undefined,
  document: SourceDocument,
  text: PolicyText,
): Problem {
  const { path, fix } = violation;
  const said = clusterRefusal(violation);
  const hint = path.startsWith('spark_conf.') || path === 'cluster_type' ? fix : ownerCure(violation, rule);
  const place = document.locate([path], 'key');
  return placed({ file: text.name, ...place, message: printableLine(said), hint: printableLine(hint) }, text);
}

/** What the owner of the policy does about it. */
function ownerCure({ path, value }: PolicyViolation, rule: PolicyRule | undefined): string {
  if (value !== undefined) return 'Allow it in the policy.';
  const option = optionFor(path, rule);
  const otherwise = option === undefined ? '' : `; otherwise each ${option.place} needs ${option.text}`;
  return `Give it a defaultValue in the policy${otherwise}.`;
}

function placed(problem: Problem, { isFile, name }: PolicyText): Problem {
  const { line: _line, column: _column, ...rest } = problem;
  return isFile ? problem : { ...rest, file: name };
}

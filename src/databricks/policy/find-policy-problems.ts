import { didYouMean } from '../../core/suggest.ts';
import { findAttributeProblems } from './attribute-problems.ts';
import { ATTRIBUTES } from './attribute-table.ts';
import { generalPath, isAttribute, isMapEntry, MAPS, REQUEST_ONLY, VIRTUAL } from './cluster-attributes.ts';
import type { PolicyProblem } from './policy-problem.ts';
import { isWildcard, type PolicyRule } from './policy-rule.ts';

const LOG_CONF = 'cluster_log_conf.';
const LISTS = ['init_scripts', 'ssh_public_keys'];

/** What is wrong with the path of an element, and with its values as values of that attribute. */
export function findPathProblems(path: string, rule: PolicyRule | undefined): PolicyProblem[] {
  const problem = pathProblem(path, rule);
  if (problem !== undefined) return [{ path: [path], ...problem }];
  return rule === undefined ? [] : findAttributeProblems(rule);
}

type Wrong = Omit<PolicyProblem, 'path'>;

function pathProblem(path: string, rule: PolicyRule | undefined): Wrong | undefined {
  if (path === '') return error('An element has an empty path: name the attribute that it limits.');
  if (REQUEST_ONLY.includes(path))
    return error(`${path} belongs to a request, not to the cluster: no policy can limit it.`);
  if (path.startsWith(LOG_CONF)) return logProblem(path);
  if (isMapEntry(path) || MAPS.includes(path)) return mapProblem(path);
  if (!isAttribute(path) && !VIRTUAL.includes(path))
    return error(`${path} names an element that no list of a cluster has: ten are the most.`);
  const general = generalPath(path);
  if (ATTRIBUTES.has(general)) return undefined;
  const [head = ''] = path.split('.');
  if (LISTS.includes(head) && !/^[^.]+\.(\d+|\*)/.test(path))
    return error(
      `${path} names no element of the list ${head}: write ${head}.0 for the first, ${head}.* for all others.`,
    );
  const inside = [...ATTRIBUTES.keys()].filter((name) => name.startsWith(`${general}.`));
  if (inside.length > 0) return groupProblem(path, inside, rule);
  const names = [...ATTRIBUTES.keys(), ...MAPS.map((map) => `${map}.${path.slice(path.indexOf('.') + 1)}`)];
  const hint = didYouMean(path, names);
  return {
    severity: 'warning',
    message: `${path} is not an attribute that policies are documented to know.`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The log destination has names of its own in policies. */
function logProblem(path: string): Wrong | undefined {
  if (ATTRIBUTES.has(path)) return undefined;
  const last = path.slice(path.lastIndexOf('.') + 1);
  const name = last === 'region' ? 'region' : 'path';
  return error(
    `${path} is the name of the API, which policies do not know.`,
    `Write ${LOG_CONF}${name}, and the kind (DBFS, S3, VOLUMES) as ${LOG_CONF}type.`,
  );
}

function mapProblem(path: string): Wrong | undefined {
  const [map = ''] = path.split('.');
  const key = path.slice(map.length + 1);
  if (key === '') return error(`${path} names no key of the map ${map}: write ${map}.<key>.`);
  if (key !== '*') return undefined;
  return {
    severity: 'warning',
    message: `${path} speaks of a key that is called *: there is no wildcard for the keys of a map.`,
  };
}

function groupProblem(
  path: string,
  inside: readonly string[],
  rule: PolicyRule | undefined,
): Wrong | undefined {
  if (rule === undefined || rule.type === 'forbidden') return undefined;
  return error(`${path} is a group of attributes, not one: name ${inside.join(', ')}.`);
}

/** What is wrong between the elements: sizes that exclude each other, values that no cluster can have together. */
export function findRuleProblems(rules: readonly PolicyRule[]): PolicyProblem[] {
  const of = (path: string): PolicyRule | undefined => rules.find((rule) => rule.path === path);
  const [min, max, workers] = [of('autoscale.min_workers'), of('autoscale.max_workers'), of('num_workers')];
  const found: PolicyProblem[] = [];
  const range = [min, max].find((rule) => isAlwaysThere(rule));
  if (isAlwaysThere(workers) && range !== undefined)
    found.push({
      path: ['num_workers'],
      severity: 'error',
      message: `No cluster can be made: the policy wants num_workers and ${range.path}, and a cluster has one or the other.`,
      hint: 'Forbid one of them, or make it optional.',
    });
  const [least, most] = [min?.value ?? min?.minValue, max?.value ?? max?.maxValue];
  if (least !== undefined && most !== undefined && Number(least) > Number(most))
    found.push({
      path: ['autoscale.min_workers'],
      severity: 'error',
      message: `autoscale.min_workers is at least ${least}, and autoscale.max_workers at most ${most}.`,
    });
  return [...found, ...rules.filter(fillsNothing).map(wildcardProblem)];
}

function isAlwaysThere(rule: PolicyRule | undefined): boolean {
  return rule !== undefined && rule.type !== 'forbidden' && !rule.isOptional;
}

function fillsNothing(rule: PolicyRule): boolean {
  return isWildcard(rule.path) && (rule.type === 'fixed' || rule.defaultValue !== undefined);
}

function wildcardProblem({ path }: PolicyRule): PolicyProblem {
  const message = `${path} only checks the elements that a request has: nothing is filled in for *.`;
  return { path: [path], severity: 'warning', message };
}

function error(message: string, hint?: string): Wrong {
  return { severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}

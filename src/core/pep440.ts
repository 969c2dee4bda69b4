import { compare as comparePublic, explain } from '@renovatebot/pep440';

/**
 * A Python version in its normal form.
 * Rules: https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
export interface Version {
  /** `v1.2.0-RC1+Feature-X` reads `1.2.0rc1+feature.x` here. */
  readonly text: string;
  /** Without the local label: `1.2.0rc1`. */
  readonly public: string;
  /** Behind the `+`. */
  readonly local: string | undefined;
  /** A pre-release or a development release, such as `1.0rc1` and `1.0.dev3`. */
  readonly isPrerelease: boolean;
}

// Numbers beyond this many digits would lose their end as a double.
const MAX_DIGITS = 15;

/** Reads a version, or answers undefined when the text is none. Blanks around it do not matter. */
export function parseVersion(text: string): Version | undefined {
  const [front = '', ...rest] = text.trim().split('+');
  const label = rest.join('+');
  const parts = explain(text.trim());
  if (parts === null || new RegExp(`\\d{${MAX_DIGITS + 1}}`).test(front)) return undefined;
  const local = rest.length === 0 ? undefined : normaliseLocal(label);
  return {
    text: local === undefined ? parts.public : `${parts.public}+${local}`,
    public: parts.public,
    local,
    isPrerelease: parts.is_prerelease,
  };
}

/** The normal form of a version (`1.0-1` → `1.0.post1`), or undefined when the text is none. */
export function normaliseVersion(text: string): string | undefined {
  return parseVersion(text)?.text;
}

/** Order of two versions; 0 for `1.2` and `1.2.0`. A text that is no version stands below all others. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  return Math.sign(comparePublic(left.public, right.public)) || compareLocal(left.local, right.local);
}

/** `1.2` and `v1.2.0` are one version. */
export function isSameVersion(a: string, b: string): boolean {
  return parseVersion(a) !== undefined && parseVersion(b) !== undefined && compareVersions(a, b) === 0;
}

/** All-digit parts are numbers and lose their zeros; `1e5` and `0x1f` are words. */
function normaliseLocal(label: string): string {
  return label
    .toLowerCase()
    .split(/[._-]/)
    .map((part) => (/^\d+$/.test(part) ? part.replace(/^0+(?=\d)/, '') : part))
    .join('.');
}

/** No label is lowest; part by part, numbers above words, and the longer label wins a tie. */
function compareLocal(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [left, right] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = compareParts(left[index] ?? '', right[index] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}

function compareParts(a: string, b: string): number {
  const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
  if (leftIsNumber && a.length !== b.length) return Math.sign(a.length - b.length);
  return a === b ? 0 : a < b ? -1 : 1;
}

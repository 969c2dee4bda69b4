import leven from 'leven';

/** The allowed name nearest to `given`, when it is near enough to be a slip of the keyboard. */
export function nearest(given: string, allowed: Iterable<string>): string | undefined {
  const ranked = [...allowed]
    .map((name) => ({ name, distance: leven(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(given.length / 3))
    ? best.name
    : undefined;
}

/** `Did you mean x?`, or nothing when no allowed name is near. */
export function didYouMean(given: string, allowed: Iterable<string>): string | undefined {
  const name = nearest(given, allowed);
  return name === undefined ? undefined : `Did you mean ${name}?`;
}

/** True when `given` can hardly be anything else than `meant`, typed wrongly: a letter twice, swapped, left out or another. */
export function isSlipOf(given: string, meant: string): boolean {
  const letters = (text: string): string => [...text].sort().join('');
  if (given === meant) return false;
  if (given.replace(/(.)\1+/g, '$1') === meant || letters(given) === letters(meant)) return true;
  return given.length > 2 && given.length <= meant.length && leven(given, meant) === 1;
}

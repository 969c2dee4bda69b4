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

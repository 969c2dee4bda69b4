import type { Clock } from '../../core/clock.ts';
import { fitsPattern } from './pattern.ts';
import type { RateLimit } from './scenario.ts';

/** Whether a request of someone is one too many for its second, by any of the limits. */
export type RateGuard = (method: string, path: string, user: string) => boolean;

export function rateGuard(limits: readonly RateLimit[], clock: Clock): RateGuard {
  const seen = limits.map(() => new Map<string, { second: number; count: number }>());
  return (method, path, user) => {
    const second = Math.floor(clock.now().getTime() / 1_000);
    let isTooMany = false;
    for (const [index, limit] of limits.entries()) {
      if ((limit.method ?? method) !== method || !fitsPattern(path, limit.path)) continue;
      const known = seen[index]?.get(user);
      const count = known?.second === second ? known.count + 1 : 1;
      seen[index]?.set(user, { second, count });
      if (count > limit.perSecond) isTooMany = true;
    }
    return isTooMany;
  };
}

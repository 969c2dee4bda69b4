import { Hono } from 'hono';
import { identify } from '../identity/users.ts';
import { readBody, reply } from '../routes/request.ts';
import type { AppTypes } from '../server/parts.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import type { SteeredClock } from './steered-clock.ts';

const YEARS_100_S = 100 * 366 * 24 * 3_600;

/** `POST /hermes/clock/advance` with `{"seconds": n}`: an administrator lets the time of the workspace pass. */
export function clockRoutes(db: Database, clock: SteeredClock): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.post('/hermes/clock/advance', async (c) => {
    const token = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    const who = identify(db, 'token', token, clock.now());
    if (who === undefined) throw new ApiError('UNAUTHENTICATED', 'Invalid access token.');
    if (!who.isAdmin)
      throw new ApiError('PERMISSION_DENIED', `${who.userName} is not an administrator of this workspace.`);
    const seconds = Number(fieldsOf(await readBody(c)).requiredText('seconds'));
    if (!(seconds >= 0 && seconds <= YEARS_100_S))
      throw invalidParameter("Could not parse 'seconds': expected a number of at least 0.");
    await clock.advance(Math.round(seconds * 1_000));
    return reply({ now: clock.now().toISOString() });
  });
  return app;
}

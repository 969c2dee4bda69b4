import { z } from 'zod';
import type { Json, JsonObject } from '../../../core/json.ts';
import { AirflowFailure } from './airflow-failure.ts';

/** How somebody signs in to an Airflow: everybody is admin, a token of its API, or a user with a password. */
export type SignIn =
  | 'everybody'
  | { readonly token: string }
  | { readonly user: string; readonly password: string };

/** Gives the token of the next call. */
export interface AirflowTokens {
  token(signal: AbortSignal): Promise<string>;
  /** Drops a token that was refused; answers whether another one can be had. */
  forget(): boolean;
}

const answer = z.object({ access_token: z.string() });

/** @param ask Sends user and password to `/auth/token`, or nothing */
export function tokenSource(
  signIn: SignIn,
  ask: (body: JsonObject | undefined, signal: AbortSignal) => Promise<Json>,
): AirflowTokens {
  if (typeof signIn === 'object' && 'token' in signIn)
    return { token: async () => signIn.token, forget: () => false };
  const body = signIn === 'everybody' ? undefined : { username: signIn.user, password: signIn.password };
  let known: Promise<string> | undefined;
  const fetchToken = async (signal: AbortSignal): Promise<string> => {
    const found = answer.safeParse(await ask(body, signal));
    if (found.success) return found.data.access_token;
    throw new AirflowFailure({ status: 401, text: 'it gave no token' });
  };
  return {
    token: (signal) => {
      known ??= fetchToken(signal).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
    forget: () => {
      known = undefined;
      return true;
    },
  };
}

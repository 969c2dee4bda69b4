import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const answer = z.object({ access_token: z.string() });
const LIMIT_MS = 10_000;

/**
 * Whether the Airflow at an address is the one whose secret this is: another one may have taken the port while ours was
 * starting. Told by the signature of a token that it gives.
 */
export async function isOwnServer(url: string, jwtSecret: string, signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const response = await fetch(`${url}/auth/token`, { signal: limit, redirect: 'error' });
    const found = answer.safeParse(await response.json());
    return found.success && isSignedBy(found.data.access_token, jwtSecret);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** https://www.rfc-editor.org/rfc/rfc7515; Airflow signs by HMAC with SHA-512 (`[api_auth] jwt_algorithm`). */
function isSignedBy(token: string, secret: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.');
  const expected = createHmac('sha512', secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

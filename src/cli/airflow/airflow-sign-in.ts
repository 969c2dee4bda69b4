import { ConnectionError, HermesError } from '../../core/errors.ts';
import type { SignIn } from '../../engines/airflow/rest/airflow-token.ts';

const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];
const SET_ANY = 'Set AIRFLOW_API_TOKEN, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.';
const SET_OTHER = 'Set a new token, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD in its place.';

/**
 * How the environment says to sign in to the Airflow of others; to one of this machine also as everybody.
 * @throws ConnectionError (`HERMES_AIRFLOW_CREDENTIALS`) when it says nothing, half of it, or a token that is none
 */
export function signInFrom(env: NodeJS.ProcessEnv, url: string): SignIn {
  const { AIRFLOW_API_TOKEN: token = '', AIRFLOW_API_USER: user = '' } = env;
  const { AIRFLOW_API_PASSWORD: password = '' } = env;
  if (token !== '') {
    if (/[\r\n]/.test(token)) throw cannotSignIn(url, 'AIRFLOW_API_TOKEN holds a line break', SET_WHOLE);
    if (!/^[\x21-\x7e]+$/.test(token))
      throw cannotSignIn(url, 'AIRFLOW_API_TOKEN holds a character that no token has', SET_WHOLE);
    return { token };
  }
  if (user !== '' && password !== '') return { user, password };
  if (user !== '' || password !== '') {
    const missing = user === '' ? 'AIRFLOW_API_USER' : 'AIRFLOW_API_PASSWORD';
    throw cannotSignIn(
      url,
      `${missing} is missing`,
      'Set both of AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.',
    );
  }
  if (THIS_MACHINE.includes(new URL(url).hostname)) return 'everybody';
  throw cannotSignIn(url, 'no credentials are set', SET_ANY);
}

const SET_WHOLE = 'Set it again, the token alone on one line.';

/** A refusal in the words of the variables that were used; other errors pass unchanged. */
export function aboutSignIn(error: unknown, url: string, signIn: SignIn): unknown {
  if (!(error instanceof HermesError)) return error;
  const { code, message } = error;
  // Airflow answers 403 for a token that it does not accept, too: "Invalid JWT token".
  const isUnknown =
    code === 'HERMES_AIRFLOW_UNAUTHORIZED' || (code === 'HERMES_AIRFLOW_FORBIDDEN' && /JWT/.test(message));
  if (isUnknown) {
    const [reason, nextStep] = refusalOf(signIn);
    return cannotSignIn(url, reason, nextStep, 'HERMES_AIRFLOW_UNAUTHORIZED', error);
  }
  if (code !== 'HERMES_AIRFLOW_FORBIDDEN') return error;
  return new ConnectionError('Cannot set variables of this Airflow: the user may not do it.', {
    code,
    facts: { api: url },
    nextStep: 'Ask the operator of this Airflow for the right to read and to edit variables.',
    cause: error,
  });
}

function refusalOf(signIn: SignIn): readonly [reason: string, nextStep: string] {
  if (signIn === 'everybody') return ['it wants to know who asks', SET_ANY];
  if ('token' in signIn)
    return ['it does not accept AIRFLOW_API_TOKEN, which is wrong or has expired', SET_OTHER];
  return ['it does not accept AIRFLOW_API_USER with AIRFLOW_API_PASSWORD', 'Correct them.'];
}

function cannotSignIn(
  api: string,
  reason: string,
  nextStep: string,
  code = 'HERMES_AIRFLOW_CREDENTIALS',
  cause?: unknown,
): ConnectionError {
  return new ConnectionError(`Cannot sign in to Airflow: ${reason}.`, {
    code,
    facts: { api },
    nextStep,
    ...(cause === undefined ? {} : { cause }),
  });
}

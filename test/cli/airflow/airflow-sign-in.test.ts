import assert from 'node:assert/strict';
import { aboutSignIn, signInFrom } from '../../../src/cli/airflow/airflow-sign-in.ts';
import { ConnectionError } from '../../../src/core/errors.ts';

const URL = 'https://airflow.acme.com';
const saying = (reason: string, nextStep: string) => ({
  message: `Cannot sign in to Airflow [api=${URL}]: ${reason}.`,
  nextStep,
  exitCode: 3,
});

describe('signing in to the Airflow of others', () => {
  it('takes a token before a user, and nobody in particular on this machine only', () => {
    const user = { AIRFLOW_API_USER: 'ana', AIRFLOW_API_PASSWORD: 'p' };
    assert.deepEqual(signInFrom({ ...user, AIRFLOW_API_TOKEN: 'abc.def' }, URL), { token: 'abc.def' });
    assert.deepEqual(signInFrom({ ...user, AIRFLOW_API_TOKEN: '' }, URL), { user: 'ana', password: 'p' });
    assert.equal(signInFrom({}, 'http://127.0.0.1:8080'), 'everybody');
    assert.throws(
      () => signInFrom({}, URL),
      saying(
        'no credentials are set',
        'Set AIRFLOW_API_TOKEN, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.',
      ),
    );
  });

  it('names the half of a user and password that is missing', () => {
    const both = 'Set both of AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.';
    const local = 'http://localhost:8080';
    assert.throws(
      () => signInFrom({ AIRFLOW_API_USER: 'ana' }, URL),
      saying('AIRFLOW_API_PASSWORD is missing', both),
    );
    assert.throws(() => signInFrom({ AIRFLOW_API_PASSWORD: 'p' }, local), /AIRFLOW_API_USER is missing/);
  });

  it('says what is wrong with the form of a token, and never the token', () => {
    const whole = 'Set it again, the token alone on one line.';
    assert.throws(
      () => signInFrom({ AIRFLOW_API_TOKEN: 'secret\nrest' }, URL),
      saying('AIRFLOW_API_TOKEN holds a line break', whole),
    );
    assert.throws(
      () => signInFrom({ AIRFLOW_API_TOKEN: 'sécret' }, URL),
      saying('AIRFLOW_API_TOKEN holds a character that no token has', whole),
    );
  });

  it('names the variable of what Airflow refused, with its address', () => {
    const refused = (text: string, status: 401 | 403) =>
      new ConnectionError(
        `Cannot list variables [endpoint=GET /api/v2/variables, status=${status}]: ${text}`,
        {
          code: status === 401 ? 'HERMES_AIRFLOW_UNAUTHORIZED' : 'HERMES_AIRFLOW_FORBIDDEN',
        },
      );
    const said = (error: unknown, signIn: Parameters<typeof aboutSignIn>[2]): string => {
      const { message, nextStep } = aboutSignIn(error, URL, signIn) as ConnectionError;
      return `${message} ${nextStep}`;
    };
    assert.equal(
      said(refused('Invalid JWT token', 403), { token: 'wrong' }),
      `Cannot sign in to Airflow [api=${URL}]: it does not accept AIRFLOW_API_TOKEN, which is wrong or has expired. Set a new token, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD in its place.`,
    );
    assert.match(
      said(refused('Invalid credentials', 401), { user: 'ana', password: 'p' }),
      /: it does not accept AIRFLOW_API_USER with AIRFLOW_API_PASSWORD\. Correct them\.$/,
    );
    assert.equal(
      said(refused('Forbidden', 403), { user: 'ana', password: 'p' }),
      `Cannot set variables of this Airflow [api=${URL}]: the user may not do it. Ask the operator of this Airflow for the right to read and to edit variables.`,
    );
    const other = new Error('x');
    assert.equal(aboutSignIn(other, URL, 'everybody'), other);
  });
});

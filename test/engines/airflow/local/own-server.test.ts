import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { isOwnServer } from '../../../../src/engines/airflow/local/own-server.ts';
import { answeringServer, type Reply } from '../rest/a-server.ts';

const { signal } = new AbortController();

describe('whether an Airflow is the one that was started', () => {
  const words = [{ alg: 'HS512' }, { sub: 'Anonymous' }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signed = (secret: string): string => {
    const text = words.join('.');
    return `${text}.${createHmac('sha512', secret).update(text).digest('base64url')}`;
  };
  const ask = async (reply: Reply): Promise<boolean> => {
    const server = await answeringServer(() => reply);
    try {
      return await isOwnServer(server.url, 'mine', signal);
    } finally {
      await server.close();
    }
  };

  it('is told by the signature of its token', async () => {
    assert.equal(await ask({ body: { access_token: signed('mine') } }), true);
    assert.equal(await ask({ body: { access_token: signed('theirs') } }), false);
    assert.equal(await ask({ body: { access_token: words.join('.') } }), false);
  });

  it('is false for anything that is no Airflow', async () => {
    assert.equal(await ask({ status: 404, body: '<html>' }), false);
    assert.equal(await ask({ status: 403, body: { detail: 'Forbidden' } }), false);
  });
});

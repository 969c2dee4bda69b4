import { strict as assert } from 'node:assert';
import { connectionFromVariables } from '../../src/databricks/connection.ts';

const open = (host: string | undefined, token: string | undefined) =>
  connectionFromVariables({ DATABRICKS_HOST: host, DATABRICKS_TOKEN: token }, 'environment prod');

describe('the connection to a workspace', () => {
  it('takes a host as people paste it', () => {
    for (const host of [
      'dbc-1.cloud.databricks.com',
      'https://dbc-1.cloud.databricks.com/',
      'https://dbc-1.cloud.databricks.com/?o=1#job/2',
    ]) {
      assert.equal(open(host, 't').host, 'https://dbc-1.cloud.databricks.com');
    }
    assert.equal(open('http://127.0.0.1:7413', 't').host, 'http://127.0.0.1:7413');
  });

  it('names what is missing', () => {
    assert.throws(() => open('dbc-1', ''), {
      message: 'Cannot connect to Databricks for environment prod: DATABRICKS_TOKEN not set',
    });
    assert.throws(() => open(undefined, undefined), {
      message:
        'Cannot connect to Databricks for environment prod: DATABRICKS_HOST and DATABRICKS_TOKEN not set',
    });
  });

  it('refuses to send a token in the open', () => {
    assert.throws(() => open('http://dbc-1.cloud.databricks.com', 't'), {
      message:
        'Cannot connect to Databricks [host=dbc-1.cloud.databricks.com]: http would send the token in the open',
    });
  });

  it('refuses what is no address, without repeating it', () => {
    assert.throws(() => open('https://user:geheim@', 't'), {
      message: 'Cannot connect to Databricks: DATABRICKS_HOST is not the address of a workspace',
    });
  });
});

import assert from 'node:assert/strict';
import { findAgent } from '../../src/telemetry/agent-address.ts';

describe('the address of the Datadog agent', () => {
  it('is nowhere when nothing names it', () => {
    assert.deepEqual(findAgent({}), {});
    assert.deepEqual(findAgent({ DD_AGENT_HOST: '', DD_DOGSTATSD_URL: '' }), {});
  });

  it('is a host and a port', () => {
    const udp = (host: string, port: number) => ({ address: { kind: 'udp', host, port } });
    assert.deepEqual(findAgent({ DD_AGENT_HOST: 'agent' }), udp('agent', 8125));
    assert.deepEqual(findAgent({ DD_DOGSTATSD_PORT: '9125' }), udp('127.0.0.1', 9125));
    assert.deepEqual(findAgent({ DD_AGENT_HOST: '::1', DD_DOGSTATSD_PORT: '9125' }), udp('::1', 9125));
  });

  it('is what the URL says, before the host', () => {
    const find = (url: string) => findAgent({ DD_DOGSTATSD_URL: url, DD_AGENT_HOST: 'other' }).address;
    assert.deepEqual(find('udp://agent:1'), { kind: 'udp', host: 'agent', port: 1 });
    assert.deepEqual(find('udp://agent'), { kind: 'udp', host: 'agent', port: 8125 });
    assert.deepEqual(find('udp://[::1]:1'), { kind: 'udp', host: '::1', port: 1 });
    assert.deepEqual(find('unix:///run/d%20d/s'), { kind: 'unix', path: '/run/d d/s', socket: 'any' });
    assert.deepEqual(find('unixgram:///a'), { kind: 'unix', path: '/a', socket: 'datagram' });
    assert.deepEqual(find('unixstream:///a'), { kind: 'unix', path: '/a', socket: 'stream' });
  });

  it('that cannot be read is told with what was allowed', () => {
    for (const url of ['agent', 'http://agent', 'unix://a', 'udp://', 'unix:///']) {
      assert.deepEqual(findAgent({ DD_DOGSTATSD_URL: url }), {
        problem: `DD_DOGSTATSD_URL = "${url}" is no address: udp://host:8125, unix:///path or unixstream:///path.`,
      });
    }
    assert.deepEqual(findAgent({ DD_DOGSTATSD_PORT: '0' }), {
      problem: 'DD_DOGSTATSD_PORT = "0" is no port: 1 to 65535.',
    });
  });
});

/** Where the Datadog agent listens on this machine or beside it. */
export type AgentAddress =
  | { readonly kind: 'udp'; readonly host: string; readonly port: number }
  /** `any`: a datagram socket, or a stream one where the other end is none. */
  | { readonly kind: 'unix'; readonly path: string; readonly socket: 'any' | 'datagram' | 'stream' };

/** The address, or why there is none; neither when nothing is set: then nothing is sent. */
export interface AgentLookup {
  readonly address?: AgentAddress;
  readonly problem?: string;
}

const PORT = 8125;
const SOCKETS = { 'unix:': 'any', 'unixgram:': 'datagram', 'unixstream:': 'stream' } as const;

/**
 * Reads the variables of Datadog's own clients: `DD_DOGSTATSD_URL` (`udp://host:port`, `unix:///path`,
 * `unixgram:///path`, `unixstream:///path`), else `DD_AGENT_HOST` and `DD_DOGSTATSD_PORT` (8125).
 * https://docs.datadoghq.com/developers/dogstatsd/?tab=go#client-instantiation-parameters
 */
export function findAgent(env: Readonly<Record<string, string | undefined>>): AgentLookup {
  const { DD_DOGSTATSD_URL: url = '', DD_AGENT_HOST: host = '', DD_DOGSTATSD_PORT: port = '' } = env;
  if (url !== '') return parseUrl(url);
  if (host === '' && port === '') return {};
  const number = port === '' ? PORT : portOf(port);
  if (number === undefined)
    return { problem: `DD_DOGSTATSD_PORT = ${JSON.stringify(port)} is no port: 1 to 65535.` };
  return { address: { kind: 'udp', host: host === '' ? '127.0.0.1' : host, port: number } };
}

function parseUrl(text: string): AgentLookup {
  const refused = {
    problem: `DD_DOGSTATSD_URL = ${JSON.stringify(text)} is no address: udp://host:8125, unix:///path or unixstream:///path.`,
  };
  if (!URL.canParse(text)) return refused;
  const { protocol, hostname, port, pathname } = new URL(text);
  if (protocol === 'udp:') {
    const number = port === '' ? PORT : portOf(port);
    if (hostname === '' || number === undefined) return refused;
    return { address: { kind: 'udp', host: hostname.replace(/^\[|\]$/g, ''), port: number } };
  }
  const socket = Object.hasOwn(SOCKETS, protocol) ? SOCKETS[protocol as keyof typeof SOCKETS] : undefined;
  if (socket === undefined || hostname !== '' || pathname.length < 2) return refused;
  return { address: { kind: 'unix', path: decodeURIComponent(pathname), socket } };
}

function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}

import { createHash } from 'node:crypto';

/** Name spaces of RFC 9562, §6.6, as Python's uuid module names them. */
export const namespaces = {
  NAMESPACE_DNS: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  NAMESPACE_URL: '6ba7b811-9dad-11d1-80b4-00c04fd430c8',
} as const;

/** UUID version 5 (RFC 9562, §5.5): the same name gives the same UUID. */
export function uuid5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

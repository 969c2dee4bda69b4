import { randomInt } from 'node:crypto';
import sodium from 'libsodium-wrappers';

/** The pair that a repository's secrets are sealed for. */
export interface KeyPair {
  readonly keyId: string;
  /** Base64, as GitHub hands it out. */
  readonly publicKey: string;
  readonly privateKey: Uint8Array;
}

await sodium.ready;

export function makeKeyPair(): KeyPair {
  const pair = sodium.crypto_box_keypair();
  return {
    keyId: String(randomInt(2 ** 47)).padStart(18, '3'),
    publicKey: Buffer.from(pair.publicKey).toString('base64'),
    privateKey: pair.privateKey,
  };
}

/** The text in a sealed box (https://docs.github.com/rest/guides/encrypting-secrets-for-the-rest-api), or undefined when it is for another key. */
export function openSealed(sealed: string, pair: KeyPair): string | undefined {
  try {
    const publicKey = Buffer.from(pair.publicKey, 'base64');
    const opened = sodium.crypto_box_seal_open(Buffer.from(sealed, 'base64'), publicKey, pair.privateKey);
    return Buffer.from(opened).toString();
  } catch {
    return undefined;
  }
}

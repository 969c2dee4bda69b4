/**
 * Seals a secret with the public key of a repository, so that only GitHub opens it (libsodium's sealed box,
 * https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api). Both texts are in Base64.
 */
export async function sealSecret(value: string, publicKey: string): Promise<string> {
  const { default: sodium } = await import('libsodium-wrappers');
  await sodium.ready;
  const key = sodium.from_base64(publicKey, sodium.base64_variants.ORIGINAL);
  const sealed = sodium.crypto_box_seal(sodium.from_string(value), key);
  return sodium.to_base64(sealed, sodium.base64_variants.ORIGINAL);
}

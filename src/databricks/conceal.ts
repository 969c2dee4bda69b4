const MASK = '[redacted]';

/**
 * A function that masks secrets in a text of the other end, in the forms in which a server repeats what it was sent:
 * as it is, as part of JSON, of a URL, of HTML, and in Base64.
 * @param secrets Empty ones are left out.
 */
export function concealer(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.filter((secret) => secret !== '').flatMap(formsOf);
  // The longest first: a form that holds another must go whole.
  const ordered = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const bytes = Buffer.from(secret);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.toLowerCase(),
    new URLSearchParams({ s: secret }).toString().slice(2),
    secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ];
}

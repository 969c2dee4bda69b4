const MASK = '[redacted]';

/** Shapes of secrets that may stray into a text: headers, tokens, keys, credentials inside a URL. */
const secretShapes: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${MASK}`],
  [/\bdapi[0-9a-f]{16,}(-\d+)?\b/g, MASK],
  [/\bdose[0-9a-f]{16,}\b/g, MASK],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/g, MASK],
  [/\bhws_[A-Za-z0-9_-]{16,}\b/g, MASK],
  [/\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})\b/g, MASK],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
  [/(:\/\/[^\s/:@"']+:)[^\s/@"']+@/g, `$1${MASK}@`],
  [
    /\b(aws_secret_access_key|client_secret|password|token)(["']?\s*[=:]\s*["']?)[^\s"',&]{6,}/gi,
    `$1$2${MASK}`,
  ],
];

/** Masks what looks like a secret. Applied to every text that leaves the process as an error or a log line. */
export function redact(text: string): string {
  return secretShapes.reduce((masked, [shape, replacement]) => masked.replace(shape, replacement), text);
}

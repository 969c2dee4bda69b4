import type { Fields } from './state.ts';

/** What goes back over the wire. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends a request with an answer that is no success. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`${reply.status}`);
    this.reply = reply;
  }
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const noContent: Reply = { status: 204 };

/** GitHub's error body; the server adds `documentation_url` and `status`. */
export function refuse(
  status: number,
  message: string,
  more: Fields = {},
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return new Refusal({ status, body: { message, ...more }, headers });
}

export const notFound = (): Refusal => refuse(404, 'Not Found');
export const emptyRepository = (): Refusal => refuse(409, 'Git Repository is empty.');

/** 422 with one entry in `errors`, as GitHub validates. */
export function invalid(
  resource: string,
  field: string,
  code: string,
  message?: string,
  headline = 'Validation Failed',
): Refusal {
  const error = { resource, code, field, ...(message === undefined ? {} : { message }) };
  return refuse(422, headline, { errors: [error] });
}

/** 422 of a body that does not fit the schema of the request. */
export function unprocessable(reason: string): Refusal {
  return refuse(422, `Invalid request.\n\n${reason}`);
}

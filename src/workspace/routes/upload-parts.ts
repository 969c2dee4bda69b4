import { Hono } from 'hono';
import type { Uploads } from '../files/uploads.ts';
import type { AppTypes } from '../server/parts.ts';
import { bodyBytes } from './byte-answer.ts';

const PATH = '/upload-parts';

/** Where a part goes: as a cloud's presigned URL, it needs no other credentials than the token in it. */
export function uploadUrl(workspace: string, token: string, part?: number): string {
  return `${workspace}${PATH}/${token}${part === undefined ? '' : `/${part}`}`;
}

/** What stands here for the cloud's storage: takes in the parts of uploads, by URLs that the Files API gave out. */
export function uploadPartRoutes(uploads: Uploads): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.put(`${PATH}/:token/:part{\\d{1,5}}`, async (c) => {
    const { token, part } = c.req.param();
    const etag = await uploads.receive(token, Number(part), bodyBytes(c));
    return new Response(null, { headers: { etag } });
  });
  app.delete(`${PATH}/:token`, (c) => {
    uploads.abort(c.req.param('token'));
    return new Response(null);
  });
  return app;
}

import { Hono } from 'hono';
import { type PersonalToken, personalToken, personalTokens, revokeToken } from '../identity/tokens.ts';
import { issueToken } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, reply } from './request.ts';

const LONGEST_COMMENT = 1_024;

/** `/token/…`: each user's own tokens (https://docs.databricks.com/api/workspace/tokens). */
export function tokenRoutes({ db, clock }: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.post('/create', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const { userName } = c.var.who;
    const comment = fields.text('comment') ?? '';
    const seconds = fields.count('lifetime_seconds', 0);
    if (comment.length > LONGEST_COMMENT)
      throw invalidParameter(`The comment must have at most ${LONGEST_COMMENT} characters.`);
    const now = clock.now();
    const token = issueToken(db, userName, now, {
      comment,
      ...(seconds === 0 ? {} : { lifetimeMs: seconds * 1_000 }),
    });
    return reply({ token_value: token, token_info: infoOf(personalToken(db, userName, token, now)) });
  });
  app.get('/list', (c) =>
    reply({ token_infos: personalTokens(db, c.var.who.userName, clock.now()).map(infoOf) }),
  );
  app.post('/delete', async (c) => {
    const id = fieldsOf(await readBody(c)).requiredText('token_id');
    revokeToken(db, c.var.who.userName, id, clock.now());
    return reply({});
  });
  return app;
}

function infoOf({ tokenId, created, expires, comment }: PersonalToken) {
  return { token_id: tokenId, creation_time: created, expiry_time: expires ?? -1, comment };
}

import { Hono } from 'hono';
import type { Identity } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, reply } from './request.ts';

const ARN = /^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/\S+$/;

/** In the account that stands for this machine nobody registers profiles: each that a policy names is there. */
const OWN_ARN = /arn:aws:iam::0{12}:instance-profile\/[^"\\\s]+/g;

/**
 * `/instance-profiles/…`: the AWS instance profiles that clusters may name, kept by administrators
 * (https://docs.databricks.com/api/workspace/instanceprofiles). Clusters of this machine need none.
 */
export function instanceProfileRoutes({ db }: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.use(async (c, next) => {
    assertAdmin(c.var.who);
    await next();
  });
  app.get('/list', () => {
    const rows = db.rows<{ arn: string }>('SELECT arn FROM instance_profiles');
    const arns = new Set([...rows.map(({ arn }) => arn), ...ownProfiles(db)]);
    return reply({ instance_profiles: [...arns].sort().map((arn) => ({ instance_profile_arn: arn })) });
  });
  app.post('/add', async (c) => {
    const arn = fieldsOf(await readBody(c)).requiredText('instance_profile_arn');
    if (!ARN.test(arn)) throw invalidParameter(`${arn} is not the ARN of an instance profile.`);
    if (db.run('INSERT OR IGNORE INTO instance_profiles VALUES (?)', arn) === 0)
      throw new ApiError('RESOURCE_ALREADY_EXISTS', `Instance profile ${arn} already exists.`);
    return reply({});
  });
  app.post('/remove', async (c) => {
    const arn = fieldsOf(await readBody(c)).requiredText('instance_profile_arn');
    db.run('DELETE FROM instance_profiles WHERE arn = ?', arn);
    return reply({});
  });
  return app;
}

function ownProfiles(db: Database): string[] {
  const policies = db.rows<{ document: string }>('SELECT document FROM policies');
  return policies.flatMap(({ document }) => document.match(OWN_ARN) ?? []);
}

function assertAdmin({ isAdmin, userName }: Identity): void {
  if (!isAdmin)
    throw new ApiError('PERMISSION_DENIED', `${userName} is not an administrator of this workspace.`);
}

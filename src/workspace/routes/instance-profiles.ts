import { Hono } from 'hono';
import { ApiError, invalidParameter } from '../api-error.ts';
import { fieldsOf } from '../fields.ts';
import type { AppTypes, WorkspaceParts } from '../parts.ts';
import type { Identity } from '../users.ts';
import { readBody, reply } from './request.ts';

const ARN = /^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/\S+$/;

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
    const rows = db.rows<{ arn: string }>('SELECT arn FROM instance_profiles ORDER BY arn');
    return reply({ instance_profiles: rows.map(({ arn }) => ({ instance_profile_arn: arn })) });
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

function assertAdmin({ isAdmin, userName }: Identity): void {
  if (!isAdmin)
    throw new ApiError('PERMISSION_DENIED', `${userName} is not an administrator of this workspace.`);
}

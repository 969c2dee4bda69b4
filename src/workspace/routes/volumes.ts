import { Hono } from 'hono';
import {
  assertOwnsVolume,
  changeGrants,
  createVolume,
  deleteVolume,
  listVolumes,
  renderGrants,
  renderVolume,
  updateVolume,
  volumeNamed,
} from '../files/volumes.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, readParameters, reply } from './request.ts';

/** `/unity-catalog/volumes…` (https://docs.databricks.com/api/workspace/volumes) and what is granted on them. */
export function volumeRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const { db } = parts;
  const app = new Hono<AppTypes>();
  // How `databricks bundle init` finds out that there is no default catalog.
  app.get('/current-metastore-assignment', () => {
    throw new ApiError('METASTORE_DOES_NOT_EXIST', 'No metastore assigned for the current workspace.');
  });
  app.post('/volumes', async (c) => {
    const volume = createVolume(parts, fieldsOf(await readBody(c)), c.var.who);
    return reply(renderVolume(volume));
  });
  app.get('/volumes', async (c) => {
    const fields = await readParameters(c);
    const schema = fields.requiredText('schema_name');
    const volumes = listVolumes(db, fields.requiredText('catalog_name'), schema, c.var.who);
    return reply({ volumes: volumes.map(renderVolume) });
  });
  app.get('/volumes/:name', (c) => reply(renderVolume(volumeNamed(db, c.req.param('name'), c.var.who))));
  app.patch('/volumes/:name', async (c) => {
    const volume = volumeNamed(db, c.req.param('name'), c.var.who);
    assertOwnsVolume(db, volume, c.var.who);
    updateVolume(parts, volume, fieldsOf(await readBody(c)));
    return reply(renderVolume(volumeNamed(db, c.req.param('name'), c.var.who)));
  });
  app.delete('/volumes/:name', (c) => {
    const volume = volumeNamed(db, c.req.param('name'), c.var.who);
    assertOwnsVolume(db, volume, c.var.who);
    deleteVolume(parts, volume);
    return reply({});
  });
  app.get('/permissions/volume/:name', (c) =>
    reply(renderGrants(db, volumeNamed(db, c.req.param('name'), c.var.who))),
  );
  app.patch('/permissions/volume/:name', async (c) => {
    const volume = volumeNamed(db, c.req.param('name'), c.var.who);
    assertOwnsVolume(db, volume, c.var.who);
    const changes = fieldsOf(await readBody(c)).list('changes');
    changeGrants(
      db,
      volume,
      changes.map((item, index) => fieldsOf(item, `changes[${index}].`)),
    );
    return reply(renderGrants(db, volume));
  });
  return app;
}

import { Hono } from 'hono';
import type { JsonObject } from '../../core/json.ts';
import { displayNameOf } from '../identity/service-principals.ts';
import { ADMINS, type Identity, listUsers } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { reply } from './request.ts';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const PAGE = 100;

/** `/preview/scim/v2/…`: who is asking, and the users and groups of the workspace, to be read. */
export function scimRoutes({ db, workspaceId }: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.get('/Me', (c) => reply(renderUser(db, c.var.who), 200, { 'X-Databricks-Org-Id': workspaceId }));
  const people = (): Identity[] =>
    listUsers(db).filter(({ userName }) => displayNameOf(db, userName) === undefined);
  app.get('/Users', (c) =>
    reply(
      pageOf(
        people().map((who) => renderUser(db, who)),
        fieldsOf(c.req.query()),
      ),
    ),
  );
  app.get('/Users/:id', (c) =>
    reply(
      oneOf(
        people().map((who) => renderUser(db, who)),
        c.req.param('id'),
      ),
    ),
  );
  app.get('/Groups', (c) => reply(pageOf(groupsOf(db), fieldsOf(c.req.query()))));
  app.get('/Groups/:id', (c) => reply(oneOf(groupsOf(db), c.req.param('id'))));
  return app;
}

function renderUser(db: Database, { userName, groups }: Identity): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: userName,
    userName,
    displayName: displayNameOf(db, userName) ?? userName,
    active: true,
    emails: [{ type: 'work', value: userName, primary: true }],
    groups: groups.map((name) => ({ display: name, type: 'direct', value: name })),
  };
}

function groupsOf(db: Database): JsonObject[] {
  const users = listUsers(db);
  const names = [...new Set([ADMINS, ...users.flatMap(({ groups }) => groups)])].sort();
  return names.map((name) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    id: name,
    displayName: name,
    members: users
      .filter(({ groups }) => groups.includes(name))
      .map(({ userName }) => ({ display: userName, value: userName })),
  }));
}

/** A page of a list, filtered by `attribute eq "text"`. https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2 */
function pageOf(all: readonly JsonObject[], query: Fields): JsonObject {
  const filter = query.text('filter');
  const found = filter === undefined ? all : all.filter(matches(filter));
  const first = Math.max(1, query.count('startIndex', 1));
  const page = found.slice(first - 1, first - 1 + query.count('count', PAGE));
  return {
    schemas: [LIST],
    totalResults: found.length,
    startIndex: first,
    itemsPerPage: page.length,
    Resources: page,
  };
}

function matches(filter: string): (resource: JsonObject) => boolean {
  const [, attribute, text] = /^\s*(userName|displayName|id)\s+eq\s+"?([^"]*)"?\s*$/i.exec(filter) ?? [];
  if (attribute === undefined || text === undefined)
    throw invalidParameter(`The filter ${filter} is not supported: userName, displayName or id with eq is.`);
  const name = ['userName', 'displayName', 'id'].find(
    (known) => known.toLowerCase() === attribute.toLowerCase(),
  );
  return (resource) => String(resource[name ?? '']).toLowerCase() === text.toLowerCase();
}

function oneOf(all: readonly JsonObject[], id: string): JsonObject {
  const found = all.find((resource) => resource.id === id);
  if (found === undefined) throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Resource ${id} not found.`);
  return found;
}

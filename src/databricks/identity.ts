import type { JsonObject } from '../core/json.ts';
import type { Exchange } from './http/transport.ts';
import { list, text } from './runs/parse-run.ts';

/** Who the credentials of a connection stand for. */
export interface Me {
  /** An e-mail address, or the application id of a service principal. */
  readonly userName: string;
  readonly displayName: string;
  /** Names of the groups, those of groups included. */
  readonly groups: readonly string[];
  /** Number of the workspace, where it tells. */
  readonly workspaceId?: string;
}

/** Who one is at a workspace (https://docs.databricks.com/api/workspace/currentuser/me). */
export interface IdentityApi {
  /** @throws ConnectionError when the workspace does not accept the credentials */
  me(signal?: AbortSignal): Promise<Me>;
  /**
   * ARNs of the instance profiles that clusters may take
   * (https://docs.databricks.com/api/workspace/instanceprofiles/list).
   * @throws ConnectionError with `HERMES_DATABRICKS_FORBIDDEN` where only administrators may list them
   */
  instanceProfiles(signal?: AbortSignal): Promise<readonly string[]>;
}

export function identityApi(exchange: Exchange): IdentityApi {
  return {
    me: async (signal) => {
      const path = '/api/2.0/preview/scim/v2/Me';
      const call = { method: 'GET', path, action: 'find out who you are', repeatable: true } as const;
      const { body, headers } = await exchange(call, signal);
      return parseMe(body, headers['x-databricks-org-id']);
    },
    instanceProfiles: async (signal) => {
      const path = '/api/2.0/instance-profiles/list';
      const call = { method: 'GET', path, action: 'list instance profiles', repeatable: true } as const;
      const { body } = await exchange(call, signal);
      return list(body.instance_profiles).map((each) => text(each.instance_profile_arn));
    },
  };
}

function parseMe(body: JsonObject, workspaceId: string | undefined): Me {
  const userName = text(body.userName);
  return {
    userName,
    displayName: text(body.displayName) || userName,
    groups: list(body.groups)
      .map((group) => text(group.display))
      .filter((name) => name !== ''),
    ...(workspaceId === undefined ? {} : { workspaceId }),
  };
}

import { actionsRoutes } from './actions-routes.ts';
import { contentRoutes } from './content-routes.ts';
import { environmentRoutes } from './environment-routes.ts';
import { gitDataRoutes } from './git-data-routes.ts';
import { graphqlRoutes } from './graphql-routes.ts';
import { appRoutes, organisationRoutes } from './organisation-routes.ts';
import { pullRoutes } from './pull-routes.ts';
import { refRoutes } from './ref-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import type { Route } from './route.ts';
import { rulesetRoutes } from './ruleset-routes.ts';

/** Every operation that the double knows; anything else is an unknown request. */
export const routes: readonly Route[] = [
  ...repositoryRoutes,
  ...gitDataRoutes,
  ...refRoutes,
  ...contentRoutes,
  ...organisationRoutes,
  ...appRoutes,
  ...actionsRoutes,
  ...environmentRoutes,
  ...rulesetRoutes,
  ...pullRoutes,
  ...graphqlRoutes,
];

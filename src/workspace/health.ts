/** Path that says, without credentials, which server this is and how many runs are going. */
export const HEALTH_PATH = '/.well-known/hermes-workspace';

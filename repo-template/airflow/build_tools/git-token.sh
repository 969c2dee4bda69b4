#!/usr/bin/env bash
# Lets git push to the repository of DAGs with the token in HERMES_DAGS_TOKEN, when there is one. Used by other scripts.
if [[ -n "${HERMES_DAGS_TOKEN:-}" ]]; then
  export HERMES_DAGS_TOKEN
  export GIT_CONFIG_COUNT=1
  export GIT_CONFIG_KEY_0=credential.helper
  # git runs this in a shell of its own, where the token is read: it stands on no command line.
  # shellcheck disable=SC2016
  export GIT_CONFIG_VALUE_0='!f() { echo username=x-access-token; echo "password=$HERMES_DAGS_TOKEN"; }; f'
fi

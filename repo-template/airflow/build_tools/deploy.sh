#!/usr/bin/env bash
# Deploys the compiled DAGs in build/ to an environment: build_tools/deploy.sh dev. Runs no DAG file.
# CI calls it after a merge. Where the DAGs go stands in hermes.yaml.
set -euo pipefail
if [[ $# -eq 0 ]]; then
  echo "Name an environment: build_tools/deploy.sh dev" >&2
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=build_tools/git-token.sh
source build_tools/git-token.sh
hermes airflow deploy --from build --env "$1" "${@:2}"

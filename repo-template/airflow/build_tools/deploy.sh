#!/usr/bin/env bash
# Deploys the compiled DAGs in build/ to an environment: build_tools/deploy.sh dev. Runs no code of this repository.
# CI calls it after a merge. Where the DAGs go stands in hermes.yaml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=build_tools/git-token.sh
source build_tools/git-token.sh
hermes airflow deploy --from build --env "${1:?Name an environment: dev or prod}" "${@:2}"

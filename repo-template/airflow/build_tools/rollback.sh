#!/usr/bin/env bash
# Puts the DAGs of an earlier deploy back: build_tools/rollback.sh prod "why" [number of the deploy].
# Without a number it is the deploy before. See the numbers with: hermes airflow deploys --env prod
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=build_tools/git-token.sh
source build_tools/git-token.sh
environment=${1:?Name an environment: dev or prod}
reason=${2:?Say why, in quotes}
words=(airflow rollback --env "$environment" --reason="$reason")
[[ -z "${3:-}" ]] || words+=(-- "$3")
hermes "${words[@]}"

#!/usr/bin/env bash
# Puts the DAGs of an earlier deploy back: build_tools/rollback.sh prod "why" [number of the deploy].
# Without a number it is the deploy before. See the numbers with: hermes airflow deploys --env prod
set -euo pipefail
if [[ $# -lt 2 || -z "$1" || -z "$2" ]]; then
  echo 'Name an environment, and say why: build_tools/rollback.sh prod "the report runs twice"' >&2
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=build_tools/git-token.sh
source build_tools/git-token.sh
words=(airflow rollback --env "$1" --reason="$2")
[[ -z "${3:-}" ]] || words+=(-- "$3")
hermes "${words[@]}"

#!/usr/bin/env bash
# Finds every mistake in the DAG files, for each environment. CI calls it, and so can you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for environment in dev prod; do
  echo "For $environment:"
  policy="build_tools/policies/$environment.json"
  if [[ -s "$policy" ]]; then
    hermes dag check dags --env "$environment" --policy "$policy" "$@"
  else
    hermes dag check dags --env "$environment" "$@"
  fi
done

#!/usr/bin/env bash
# Finds every mistake in the DAG files, for each environment. CI calls it, and so can you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for environment in dev prod; do
  policy="build_tools/policies/$environment.json"
  if [[ -s "$policy" ]]; then
    echo "For $environment, clusters held to its policy:"
    hermes dag check dags --env "$environment" --policy "$policy" "$@"
  else
    echo "For $environment, without its cluster policy (see build_tools/policies.sh):"
    hermes dag check dags --env "$environment" "$@"
  fi
done

#!/usr/bin/env bash
# Reads the team's cluster policy in an environment from its workspace, so that test.sh can hold every cluster to it.
# Runs no code of this repository: it is the only step that needs credentials.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
environment=${1:-dev}
if [[ -z "${DATABRICKS_HOST:-}" || -z "${DATABRICKS_TOKEN:-}${DATABRICKS_CLIENT_SECRET:-}" ]]; then
  echo "No workspace is set for $environment: clusters are not held to its policy."
  exit 0
fi
mkdir -p build_tools/policies
hermes policy show --env "$environment" --json > "build_tools/policies/$environment.json"
echo "Read the cluster policy of $environment."

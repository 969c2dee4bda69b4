#!/usr/bin/env bash
# Reads the team's cluster policy in an environment from its workspace, so that test.sh can hold every cluster to it.
# It runs no DAG file, and is the only step of a branch that needs credentials. Whoever may push a branch may change this
# script there and so read them: give CI a service principal that may read the cluster policy, and nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
environment=${1:-dev}
signs_in="${DATABRICKS_TOKEN:-}${DATABRICKS_CLIENT_SECRET:-}"
if [[ -z "${DATABRICKS_CONFIG_PROFILE:-}" && ( -z "${DATABRICKS_HOST:-}" || -z "$signs_in" ) ]]; then
  echo "No workspace is set for $environment: its policy is not read."
  exit 0
fi
folder=build_tools/policies
mkdir -p "$folder"
# The policy of last time stays when this one cannot be read.
hermes policy show --env "$environment" --json > "$folder/$environment.part"
mv "$folder/$environment.part" "$folder/$environment.json"
echo "Read the cluster policy of $environment."

#!/usr/bin/env bash
# Finds every mistake in the DAG files. CI calls it, and so can you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec hermes dag check dags "$@"

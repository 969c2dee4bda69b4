#!/usr/bin/env bash
# Builds and publishes the projects that changed. CI calls it after test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec hermes publish "$@"

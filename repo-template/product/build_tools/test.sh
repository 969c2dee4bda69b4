#!/usr/bin/env bash
# Runs the tests of every project that has some. CI calls it, and so can you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec hermes test "$@"

#!/usr/bin/env bash
# Runs the tests of every project that has some; in a pull request, checks that what changes has a version of its own.
# CI calls it, and so can you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
hermes test "$@"
exec hermes ci check "$@"

#!/usr/bin/env bash
# Runs every test and holds what skipped against Tests/skips.txt: a skip that is not in that list fails, however good its
# reason. Built already: swift build --build-tests.
#
# Tests that run cells go last and one by one: beside tests that keep every processor busy their links would be late, and the
# cells prove nothing.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
run() {
    echo "swift test --skip-build $*"
    swift test --skip-build "$@" 2>&1 | tee -a "$log" || status=1
}
run --skip HarnessTests
run --no-parallel --filter HarnessTests
scripts/skips.py "$log" Tests/skips.txt || status=1
exit "$status"

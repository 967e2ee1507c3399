#!/usr/bin/env bash
# Builds some test targets with a sanitizer in a folder of their own and runs them: sanitize.sh address|thread TARGET,TARGET…
# Any report ends with an exit code other than 0.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1 scratch=.build-${1:0:1}san
export CROSSWIND_PARTS=$2
# Leaks are not looked for: Swift's runtime keeps what it makes once. A report of races ends the run at its end, so that all of
# them are seen. Tests with deadlines get what a sanitizer costs.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
export TSAN_OPTIONS="exitcode=66:suppressions=$PWD/Tests/tsan-suppressions.txt"
swift build --build-tests --sanitize "$kind" --scratch-path "$scratch" --explicit-target-dependency-import-check error
skip=()
if [ "$kind" = thread ]; then
    # librdkafka starts its threads by thrd_create(3), which ThreadSanitizer does not see: the first allocation on such a
    # thread crashes in the sanitizer's own allocator. AddressSanitizer runs this test.
    skip=(--skip theDriverOverLibrdkafkaKeepsTheProtocol)
    echo "sanitize: left out with threads: ${skip[1]} (threads of librdkafka are not seen)"
fi
swift test --skip-build --sanitize "$kind" --scratch-path "$scratch" --no-parallel "${skip[@]}"

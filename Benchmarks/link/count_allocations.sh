#!/bin/sh
# Counts allocations and reference counting on the link's packet thread while every impairment is on: both must be 0.
# Needs root and perf(1) with uprobes. Usage: count_allocations.sh [SECONDS]
set -eu
seconds=${1:-10}
bench=.build/release/link-bench
libc=$(readlink -f "$(ldd "$bench" | awk '$1 == "libc.so.6" { print $3 }')")
swift=$(ldd "$bench" | awk '$1 == "libswiftCore.so" { print $3 }')
forget() {
    perf probe -q -d 'probe_libc:*' 2>/dev/null || true
    perf probe -q -d 'probe_libswiftCore:*' 2>/dev/null || true
}
trap forget EXIT
forget
for function in malloc calloc realloc free; do perf probe -q -x "$libc" "$function"; done
for function in swift_retain swift_release swift_allocObject swift_bridgeObjectRetain; do
    perf probe -q -x "$swift" "$function"
done
"$bench" --soak $((seconds + 5)) >/dev/null 2>&1 &
process=$!
sleep 3
thread=
for task in /proc/$process/task/*; do
    if [ "$(cat "$task/comm")" = link ]; then thread=${task##*/}; fi
done
[ -n "$thread" ] || { echo "count_allocations: no thread 'link' in link-bench; is it running?" >&2; exit 1; }
events=$(perf probe -l 2>/dev/null | awk '{ print $1 }' | paste -sd,)
perf stat -x, -t "$thread" -e "$events" sleep "$seconds" 2>&1 | awk -F, '
    $3 ~ /^probe_/ { printf "%12s  %s\n", $1, $3; sum += $1; lines++ }
    END {
        if (lines == 0) { print "count_allocations: no probe counted; is perf allowed to?"; exit 1 }
        if (sum > 0) { print "count_allocations: the packet path allocates or counts references"; exit 1 }
        print "count_allocations: none in '"$seconds"' s"
    }'
wait $process

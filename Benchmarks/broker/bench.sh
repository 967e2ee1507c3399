#!/usr/bin/env bash
# The embedded broker and Tansu beside each other, on this machine, in this run: librdkafka producers of 1 KB records,
# idempotent, acks=all, over loopback. Figures: records/s, CPU seconds of the broker per GB, ack latency at one rate,
# memory, time until ready, and 1,000 connections.
#
#     Benchmarks/broker/bench.sh          needs a release build, `make clients` and a C compiler
#     RECORDS=400000 RATE=2000 SECONDS_PACED=6 ROUNDS=3    change the load
#     CROSSWIND=PATH                      another executable than .build/release/crosswind
set -euo pipefail
cd "$(dirname "$0")/../.."

cache=${CROSSWIND_CACHE:-$HOME/.cache/crosswind}
crosswind=${CROSSWIND:-.build/release/crosswind}
records=${RECORDS:-400000}
rate=${RATE:-2000}
paced=$((rate * ${SECONDS_PACED:-6}))
rounds=${ROUNDS:-3}
partitions=4
work=$(mktemp -d)
broker=""
end_broker() {
    [ -z "$broker" ] || { kill "$broker" 2>/dev/null || true; wait "$broker" 2>/dev/null || true; broker=""; }
}
trap 'end_broker; rm -rf "$work"' EXIT

tansu=$(find "$cache/tansu" -name tansu -type f 2>/dev/null | sort | tail -1)
library=$(find "$cache/librdkafka" -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort -V | tail -1)
[ -x "$crosswind" ] || { echo "bench: no $crosswind: make build"; exit 69; }
[ -n "$tansu" ] && [ -n "$library" ] || { echo "bench: no Tansu or no librdkafka in $cache: make clients"; exit 69; }
cc -O2 -o "$work/producer" Benchmarks/broker/producer.c -lrdkafka
export LD_LIBRARY_PATH="$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

port=$((20000 + RANDOM % 10000))
now_ms() { date +%s%3N; }
cpu_s() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"; }
peak_mb() { awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

start() { # NAME: sets broker, ready_ms
    port=$((port + 1))
    local began
    began=$(now_ms)
    if [ "$1" = crosswind ]; then
        "$crosswind" broker --listen "127.0.0.1:$port" --topic "bench:$partitions" >"$work/log" 2>&1 &
    else
        "$tansu" broker --listener-url "tcp://127.0.0.1:$port" --advertised-listener-url "tcp://127.0.0.1:$port" \
            --storage-engine memory://tansu/ >"$work/log" 2>&1 &
    fi
    broker=$!
    until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        kill -0 "$broker" || { cat "$work/log"; exit 1; }
        [ $(($(now_ms) - began)) -lt 5000 ] || { echo "bench: $1 does not listen"; exit 1; }
        sleep 0.002
    done
    ready_ms=$(($(now_ms) - began))
    if [ "$1" = tansu ]; then
        "$tansu" topic create bench --partitions "$partitions" --broker "tcp://127.0.0.1:$port" >>"$work/log" 2>&1
    fi
}

row() { printf '%-10s %-9s %12s %14s %10s %10s %10s %10s\n' "$@"; }
row broker load records/s cpu_s_per_GB p50_ms p99_ms peak_MB ready_ms
for round in $(seq "$rounds"); do
    for name in crosswind tansu; do
        for load in full paced; do
            start "$name"
            if [ "$load" = full ]; then count=$records speed=0; else count=$paced speed=$rate; fi
            before=$(cpu_s "$broker")
            "$work/producer" "127.0.0.1:$port" bench "$partitions" "$count" 1024 "$speed" >"$work/result" 2>"$work/errors" ||
                { cat "$work/errors" "$work/result"; echo "bench: the producer failed against $name"; }
            read -r delivered _ per_s p50 p99 _ lost _ <"$work/result"
            cost=$(echo "$(cpu_s "$broker") $before $delivered" | awk '{ printf "%.2f", ($1 - $2) / ($3 * 1024 / 1e9) }')
            row "$name" "$load" "$per_s" "$cost" "$p50" "$p99" "$(peak_mb "$broker")" "$ready_ms"
            [ "$lost" = 0 ] || echo "bench: $lost records were not delivered"
            echo "$name $load $per_s $cost $p99" >>"$work/all"
            end_broker
        done
    done
done
median() { awk -v n="$1" -v l="$2" -v c="$3" '$1 == n && $2 == l { print $c }' "$work/all" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
echo
awk -v a="$(median crosswind full 3)" -v b="$(median tansu full 3)" 'BEGIN { printf "records/s, crosswind to Tansu (medians): %.2f (wanted: at least 1.5, or half the CPU)\n", a / b }'
awk -v a="$(median crosswind full 4)" -v b="$(median tansu full 4)" 'BEGIN { printf "CPU seconds per GB, crosswind to Tansu: %.2f (wanted: at most 0.5 where the client is the limit)\n", a / b }'
awk -v a="$(median crosswind paced 5)" -v b="$(median tansu paced 5)" -v r="$rate" 'BEGIN { printf "p99 ack latency at %d records/s, crosswind to Tansu: %.2f (wanted: at most 0.5)\n", r, a / b }'

start crosswind
opened=0
for fd in $(seq 1000); do
    if exec {descriptor}<>"/dev/tcp/127.0.0.1/$port"; then opened=$((opened + 1)); fi
done 2>/dev/null
"$work/producer" "127.0.0.1:$port" bench "$partitions" 20000 1024 0 >"$work/result"
read -r delivered _ per_s _ p99 _ <"$work/result"
echo "with $opened other connections open: $delivered records at $per_s records/s, p99 $p99 ms; $(peak_mb "$broker") MB"

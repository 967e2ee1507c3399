#!/usr/bin/env bash
# Tries the release where its users live: each Debian in a root of its own, made once by debootstrap and kept in the cache,
# without Swift, without a compiler. Root only.
#
#     scripts/test-portability.sh TARBALL [SUITE...]     default: bullseye bookworm trixie
#
# In each: unpack, doctor, the smoke scenarios, one cause, a Python client; as root and as an ordinary user.
set -euo pipefail
cd "$(dirname "$0")/.."

tarball=$(realpath "${1:?which release? scripts/test-portability.sh TARBALL [SUITE...]}")
shift
suites=("$@")
[ "${#suites[@]}" -gt 0 ] || suites=(bullseye bookworm trixie)
cache=${CROSSWIND_CACHE:-$HOME/.cache/crosswind}
limit=150 # seconds for all that is tried in one system

say() { printf 'portability: %s\n' "$*"; }

[ "$(id -u)" -eq 0 ] || { say "needs root: sudo -E $0 $tarball"; exit 69; }
if ! command -v debootstrap >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi
scripts/clients.sh kafka-python >/dev/null || { say "no kafka-python: see scripts/clients.sh"; exit 69; }

# The system as its users have it: what a cell needs and nothing to build with.
system() { # SUITE
    local root=$cache/roots/$1-1 pcap=libpcap0.8 work
    case "$1" in bullseye | bookworm) ;; *) pcap=libpcap0.8t64 ;; esac
    if [ ! -d "$root" ]; then
        say "making $1, once" >&2
        mkdir -p "$cache/roots"
        work=$(mktemp -d "$cache/roots/.making-XXXXXX")
        debootstrap --variant=minbase --include="iproute2,util-linux,ca-certificates,xz-utils,python3,librdkafka1,$pcap" \
            "$1" "$work/root" >"$work/log" 2>&1 || { tail -3 "$work/log" >&2; return 69; }
        mv "$work/root" "$root"
        rm -rf "$work"
    fi
    printf '%s\n' "$root"
}

# What is tried inside, as the user that it is started as.
read -r -d '' trial <<'SH' || true
set -eu
cd "$HOME"
rm -rf trial && mkdir trial && cd trial
begun=$(date +%s%N)
tar -xJf /release.tar.xz
crosswind=$PWD/$(ls -d crosswind-*)/bin/crosswind
mkdir elsewhere && cd elsewhere # the installed scenarios are found from any folder
"$crosswind" --version
"$crosswind" doctor
"$crosswind" run Scenarios/causes/idempotence-disabled.yaml --output first >/dev/null
echo "first verdict after $((($(date +%s%N) - begun) / 1000000)) ms"
"$crosswind" run Scenarios/smoke --again 2 --output smoke
cat >python.yaml <<'YAML'
name: a-python-client
claim: A client in Python delivers everything on a clean link.
broker: { kind: embedded, topics: [{ name: orders, partitions: 2 }] }
producer: { client: kafka-python, config: { acks: all } }
workload: { records: 500, rate: 500/s, size: 100B }
expect: [{ survives: true }, { acked: 500 }]
YAML
"$crosswind" run python.yaml --again 2 --output python
for shared in "$(dirname "$crosswind")"/*; do ldd "$shared" | grep -q 'not found' && { ldd "$shared"; exit 1; } || true; done
SH

# chroot(1) is not enough: the kernel gives an ordinary user no namespace in one. user_namespaces(7), pivot_root(2).
inside() { # ROOT COMMAND...
    unshare --mount --propagation private --pid --fork --kill-child sh -euc '
        root=$1; shift
        mount --bind "$root" "$root"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        mount -t proc proc "$root/proc"
        mount -t tmpfs tmpfs "$root/tmp"
        cd "$root"
        mkdir -p .outside
        pivot_root . .outside
        umount -l /.outside
        exec "$@"' sh "$@"
}

failed=()
for suite in "${suites[@]}"; do
    pristine=$(system "$suite")
    root=$(mktemp -d "$cache/roots/.trial-XXXXXX")
    trap 'rm -rf "$root"' EXIT
    cp -a "$pristine/." "$root/"
    cp "$tarball" "$root/release.tar.xz"
    mkdir -p "$root/var/cache/crosswind" "$root/home/someone"
    cp -r "$cache/kafka-python" "$root/var/cache/crosswind/"
    chown 1000:1000 "$root/home/someone"
    for user in root someone; do
        identity=(env HOME=/root)
        [ "$user" = root ] || identity=(setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/someone)
        log=$root.$user.log
        begun=$SECONDS
        if timeout "$limit" bash -c "$(declare -f inside); inside \"\$@\"" bash "$root" "${identity[@]}" \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CROSSWIND_CACHE=/var/cache/crosswind \
            sh -c "$trial" >"$log" 2>&1; then
            say "$suite as $user: passed in $((SECONDS - begun)) s; $(grep 'first verdict' "$log")"
        else
            say "$suite as $user: FAILED with exit code $? after $((SECONDS - begun)) s"
            sed 's/^/    /' "$log" | tail -40
            failed+=("$suite/$user")
        fi
        rm -f "$log"
    done
    rm -rf "$root"
done
[ "${#failed[@]}" -eq 0 ] || { say "failed: ${failed[*]}"; exit 1; }
say "all passed: ${suites[*]}"

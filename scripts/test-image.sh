#!/usr/bin/env bash
# Builds the image on a base made by debootstrap, runs a cell in it with the flags that README.md names, and again with each
# flag left out: then the cell must not run, and doctor must name that flag. Root, docker.
#
#     scripts/test-image.sh TARBALL
set -euo pipefail
cd "$(dirname "$0")/.."

tarball=${1:?which release? scripts/test-image.sh TARBALL}
root=${CROSSWIND_CACHE:-$HOME/.cache/crosswind}/roots/trixie-1
base=crosswind-test-base image=crosswind-test
flags=("--device /dev/net/tun" "--cap-add SYS_ADMIN" "--cap-add NET_ADMIN")

say() { printf 'image: %s\n' "$*"; }
fail() { say "FAILED: $*"; exit 1; }

[ -d "$root" ] || scripts/test-portability.sh "$tarball" trixie
trap 'docker image rm -f "$image" "$base" >/dev/null 2>&1 || true' EXIT
tar -C "$root" -cf - . | docker import - "$base" >/dev/null
docker build --network none --quiet --build-arg BASE="$base" --build-arg RELEASE="$tarball" -t "$image" . >/dev/null
say "built: $(docker image inspect --format '{{.Size}}' "$image") bytes with its base"

# The container needs no network: the cells make their own.
in_image() { # FLAGS... -- ARGUMENTS...
    local given=()
    while [ "$1" != -- ]; do
        # shellcheck disable=SC2206
        given+=($1)
        shift
    done
    shift
    docker run --rm --network none "${given[@]}" "$image" "$@"
}

in_image "${flags[@]}" -- run Scenarios/smoke/clean.yaml --again 2 >/dev/null || fail "a cell does not pass with ${flags[*]}"
say "a cell passes with: ${flags[*]}"
for left_out in "${flags[@]}"; do
    rest=()
    for flag in "${flags[@]}"; do [ "$flag" = "$left_out" ] || rest+=("$flag"); done
    code=0
    in_image "${rest[@]}" -- run Scenarios/smoke/clean.yaml >/dev/null 2>&1 || code=$?
    [ "$code" -eq 69 ] || fail "without $left_out the run ends with $code, not 69: the flag is not needed, or doctor misses it"
    said=$(in_image "${rest[@]}" -- doctor || true)
    grep -qF -- "$left_out" <<<"$said" || fail "without $left_out doctor does not name it: $said"
    say "without $left_out: exit code 69, and doctor names it"
done

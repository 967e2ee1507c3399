#!/usr/bin/env bash
# Installs the clients and the brokers that the experiments use into a cache outside the checkout:
#
#     scripts/clients.sh [NAME[@RELEASE]...]      a folder of Drivers or Brokers; default: all
#
# The cache is $CROSSWIND_CACHE, or ~/.cache/crosswind. Quick when everything is there. What cannot be installed does
# not stop the others; the exit code is then 69. Each folder's own `install` knows from where, docs/client-folders.md.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

known=$(find Drivers Brokers -mindepth 2 -maxdepth 2 -name install -printf '%h\n' | sed 's,.*/,,' | sort)
# Names of folders are single words.
# shellcheck disable=SC2206
names=("$@")
# shellcheck disable=SC2206
[ "${#names[@]}" -gt 0 ] || names=($known)
failed=()
for wanted in "${names[@]}"; do
    name=${wanted%%@*}
    release=${wanted#"$name"}
    release=${release#@}
    if ! grep -qxF -- "$name" <<<"$known"; then
        printf 'clients: unknown client %s: %s\n' "$name" "$(tr '\n' ' ' <<<"$known")"
        exit 64
    fi
    for folder in "Drivers/$name" "Brokers/$name"; do
        [ ! -x "$folder/install" ] || "$folder/install" ${release:+"$release"} || failed+=("$wanted")
    done
done

# Copies of the drivers, for a crosswind that was installed away from its checkout.
cache=${CROSSWIND_CACHE:-$HOME/.cache/crosswind}
mkdir -p "$cache"
rm -rf "$cache/drivers"
cp -r Drivers "$cache/drivers"

if [ "${#failed[@]}" -gt 0 ]; then
    printf 'clients: not installed: %s; the reason stands above, the others work\n' "${failed[*]}"
    exit 69
fi
printf 'clients: all in %s\n' "$cache"

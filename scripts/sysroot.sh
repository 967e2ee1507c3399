#!/usr/bin/env bash
# Makes a folder with the C library, headers and libraries of Debian 11 to link releases against, so that they run on every
# system since: prints its path. Kept in the cache; made once (root, debootstrap).
#
#     scripts/sysroot.sh [SUITE]
set -euo pipefail

suite=${1:-bullseye}
arch=$(dpkg --print-architecture)
cache=${CROSSWIND_CACHE:-$HOME/.cache/crosswind}/sysroot
root=$cache/$suite-$arch-3 # the number changes with what is in it

say() { printf 'sysroot: %s\n' "$*" >&2; }

if [ -d "$root" ]; then
    printf '%s\n' "$root"
    exit 0
fi
[ "$(id -u)" -eq 0 ] || { say "making it the first time needs root: sudo -E $0"; exit 69; }
command -v debootstrap >/dev/null || {
    say "installing debootstrap"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
}
mkdir -p "$cache"
work=$(mktemp -d "$cache/.making-XXXXXX")
trap 'rm -rf "$work"' EXIT
say "unpacking $suite for $arch"
# The first stage alone: packages are unpacked and nothing of them is run.
packages=libc6-dev,libgcc-10-dev,libstdc++-10-dev,librdkafka-dev,libpcap-dev,libyaml-dev,zlib1g-dev,libsnappy-dev,liblz4-dev,libzstd-dev
debootstrap --foreign --variant=minbase --include=$packages "$suite" "$work/all" >"$work/log" 2>&1 ||
    { tail -5 "$work/log" >&2; say "debootstrap failed"; exit 69; }
mkdir "$work/root"
for package in "$work"/all/var/cache/apt/archives/*.deb; do
    case "$(basename "$package")" in
    lib* | linux-libc-dev* | zlib1g*) dpkg-deb -x "$package" "$work/root" ;;
    esac
done
# A linker that is given a root does not follow absolute links into it.
find "$work/root" -xdev -type l -lname '/*' -printf '%p %l\n' | while read -r link target; do
    ln -sfr "$work/root$target" "$link"
done
mv "$work/root" "$root"
printf '%s\n' "$root"

#!/usr/bin/env bash
# Compiles the C parts for arm64 by Debian's cross compiler and runs their checks under qemu: what can be tried of arm64
# on another processor. The rest is compiled and tested on an arm64 runner: .github/workflows/ci.yml.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for package in gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    [ "$(id -u)" -eq 0 ] || { echo "arm64: needs ${missing[*]}: sudo apt-get install ${missing[*]}"; exit 69; }
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

program=$(mktemp)
trap 'rm -f "$program"' EXIT
sources=(Tests/Arm64/parts.c Sources/CCRC32C/*.c Sources/CLinux/*.c)
flags=(-Wall -Wextra -Werror -O2 -D_GNU_SOURCE -ISources/CCRC32C/include -ISources/CLinux/include)
aarch64-linux-gnu-gcc "${flags[@]}" -static -o "$program" "${sources[@]}"
qemu-aarch64-static -cpu max "$program"
cc "${flags[@]}" -o "$program" "${sources[@]}" && "$program" >/dev/null && echo "arm64: the same checks hold on $(uname -m)"

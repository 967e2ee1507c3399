#!/usr/bin/env bash
# Installs the system packages that building and running need, and those named as arguments. Quick when nothing is missing.
set -euo pipefail

packages=(librdkafka-dev libpcap-dev libyaml-dev zlib1g-dev libsnappy-dev liblz4-dev libzstd-dev pkg-config iproute2 util-linux
    python3 procps "$@")
missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing+=("$package")
done

if [ "${#missing[@]}" -gt 0 ]; then
    sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "setup: install as root: apt-get install ${missing[*]}" >&2; exit 69; }
        sudo="sudo"
    fi
    echo "setup: installing ${missing[*]}"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

command -v swift >/dev/null || { echo "setup: Swift 6.2 or later is missing: https://www.swift.org/install/linux/" >&2; exit 69; }

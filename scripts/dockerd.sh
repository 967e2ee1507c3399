#!/usr/bin/env bash
# Makes sure that a Docker engine with Compose answers: installs Debian's packages and starts dockerd when none is up.
# Containers of the experiments have no network (the harness plugs its own link in), so none is set up.
# Exit code 69 when no engine can be had; what needs one then says so itself.
set -euo pipefail

say() { printf 'dockerd: %s\n' "$*"; }

has_compose() { docker compose version >/dev/null 2>&1 || docker-compose version >/dev/null 2>&1; }

if docker info >/dev/null 2>&1 && has_compose; then exit 0; fi

if [ "$(id -u)" -ne 0 ]; then
    say "no Docker engine answers, and only root can start one: sudo $0" >&2
    exit 69
fi

packages=()
command -v dockerd >/dev/null || packages+=(docker.io)
command -v docker >/dev/null || packages+=(docker.io)
has_compose || packages+=(docker-compose)
if [ "${#packages[@]}" -gt 0 ]; then
    say "installing ${packages[*]} from Debian"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

docker info >/dev/null 2>&1 && exit 0

log=${CROSSWIND_DOCKERD_LOG:-/var/log/crosswind-dockerd.log}
say "starting dockerd, log in $log"
setsid dockerd --bridge=none --iptables=false >"$log" 2>&1 </dev/null &
pid=$!
for _ in $(seq 300); do
    docker info >/dev/null 2>&1 && exit 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
done
say "dockerd does not answer:" >&2
tail -5 "$log" >&2
exit 69

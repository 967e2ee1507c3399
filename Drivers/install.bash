# What the install scripts of the clients share. A client's folder may hold an executable `install`, which is run as
#
#     Drivers/NAME/install [RELEASE]
#
# and puts each release in a folder of its own below $CROSSWIND_CACHE, or ~/.cache/crosswind. Without RELEASE it installs
# the one that it knows to work. Quick when everything is there. Exit code 1: not installed, and why stands above.
set -euo pipefail

cache=${CROSSWIND_CACHE:-$HOME/.cache/crosswind}
mkdir -p "$cache"
work=$(mktemp -d "$cache/.install-XXXXXX")
trap 'rm -rf "$work"' EXIT
exec 9>"$cache/.lock" # one installation at a time
flock 9

say() { printf 'clients: %s\n' "$*"; }

# Installs Debian packages; only called when something is missing.
debian() {
    local sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { say "install as root: apt-get install $*"; return 1; }
        sudo=sudo
    fi
    say "installing $* from Debian"
    $sudo apt-get update -qq &&
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Puts a finished folder in its place in one step, so that an interrupted run leaves nothing half done.
publish() { # FROM TO
    mkdir -p "$(dirname "$2")"
    rm -rf "$2"
    mv "$1" "$2"
}

# The interpreter of the Python drivers, and the pip that fetches wheels.
python() {
    [ -x "$cache/python/bin/pip" ] && "$cache/python/bin/python3" -c '' 2>/dev/null && return
    command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null ||
        debian python3 python3-venv || return 1
    say "making $cache/python"
    rm -rf "$cache/python"
    python3 -m venv "$cache/python"
}

pip() { "$cache/python/bin/pip" --quiet --disable-pip-version-check "$@"; }

# Unpacks one wheel, without what it depends on, into a new folder and prints that folder. A wheel is taken for what is in
# it: where none is for this Python, one for an older is as good.
wheel() { # REQUIREMENT
    local folder version
    folder=$(mktemp -d "$work/wheel-XXXXXX")
    for version in "" 3.12 3.11 3.9 3.8 3.7 3.6 2.7; do
        local other=()
        [ -z "$version" ] || other=(--python-version "$version" --implementation cp
            --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
            --platform manylinux2010_x86_64 --platform manylinux1_x86_64)
        if pip download --no-deps --only-binary :all: "${other[@]}" --dest "$folder" "$1" >&2 2>"$folder/why"; then
            "$cache/python/bin/python3" -m zipfile -e "$folder"/*.whl "$folder/content" || return 1
            printf '%s\n' "$folder/content"
            return
        fi
    done
    cat "$folder/why" >&2
    say "no wheel of $1 for this machine" >&2
    return 1
}

# A Python client and what it needs, in a folder of its own, so that versions do not meet.
python_client() { # NAME VERSION
    [ -d "$cache/$1/$2" ] && return
    python || return 1
    pip install --only-binary :all: --target "$work/$1" "$1==$2" || pip install --target "$work/$1" "$1==$2" || return 1
    publish "$work/$1" "$cache/$1/$2"
    say "$1 $2"
}

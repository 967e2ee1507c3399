# What the install scripts of the Go clients share, beside ../install.bash. Go links the library into the driver: a release
# is a program.
#
#     go_client NAME PACKAGE DEBIAN-PACKAGE RELEASE [MODULE [SUITE DEBIAN-PACKAGE-THERE]]
#
# installs the release that this Debian has from Debian, and any other one through Go modules, MODULE where it has moved. A
# release that another Debian, SUITE, has is built there where modules cannot be had.
shared=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Sources of Debian's packages lie in a GOPATH.
debian_go=/usr/share/gocode

debian_release() { # DEBIAN-PACKAGE, prints 1.22.1 for 1.22.1-1
    dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/^[0-9]*://; s/-[^-]*$//; s/[+~].*//'
}

go_build() { # OUTPUT VERSION PACKAGE
    local log="$work/go.log"
    go build -ldflags "-X main.version=$2" -o "$1" "$3" >"$log" 2>&1 && return
    grep -v '^cgo-gcc-prolog\|^ \|warning:\|^In file\|note:' "$log" >&2 || true
    return 1
}

# The driver over the sources of a Debian package.
go_debian() { # NAME VERSION
    local path="$work/gopath"
    mkdir -p "$path/src/crosswind.local" "$work/built"
    cp -r "$shared" "$path/src/crosswind.local/driver"
    cp -r "$shared/../$1" "$path/src/crosswind.local/$1-driver"
    GO111MODULE=off GOFLAGS='' GOPATH="$path:$debian_go" \
        go_build "$work/built/crosswind-$1" "$2" "crosswind.local/$1-driver"
}

# The driver over a module, where modules can be had; exit code 69 where they cannot.
go_module() { # NAME VERSION PACKAGE MODULE
    local sources="$work/modules"
    mkdir -p "$sources" "$work/built"
    cp -r "$shared" "$sources/go"
    cp -r "$shared/../$1" "$sources/$1"
    [ "$3" = "$4" ] || sed -i "s,\"$3\",\"$4\"," "$sources/$1"/*.go
    if ! (cd "$sources/$1" && GO111MODULE=on go get "$4@v$2") >"$work/get.log" 2>&1; then
        say "$1 $2: the Go module $4 v$2 cannot be had here: $(tail -n 1 "$work/get.log")" >&2
        return 69
    fi
    (cd "$sources/$1" && GO111MODULE=on GOFLAGS=-mod=mod go_build "$work/built/crosswind-$1" "$2" .)
}

# The driver over a package of another Debian, built in a root of that one, which is made for it and deleted (root and
# debootstrap, two minutes). A program without C runs here as it does there.
go_suite() { # NAME VERSION PACKAGE MODULE SUITE DEBIAN-PACKAGE
    local root="$work/root" path
    [ "$(id -u)" -eq 0 ] || { say "$1 $2 of Debian's $5 needs root" >&2; return 69; }
    command -v debootstrap >/dev/null || debian debootstrap || return 69
    say "building $1 $2 in a root of Debian's $5, which takes minutes"
    debootstrap --variant=minbase "$5" "$root" >"$work/root.log" 2>&1 ||
        { say "no root of Debian's $5: $(tail -n 1 "$work/root.log")" >&2; return 69; }
    path="$root/build/src/crosswind.local"
    mkdir -p "$path" "$work/built"
    cp -r "$shared" "$path/driver"
    cp -r "$shared/../$1" "$path/$1-driver"
    [ "$3" = "$4" ] || sed -i "s,\"$3\",\"$4\"," "$path/$1-driver"/*.go
    # The Go command wants /proc.
    unshare -mpf --mount-proc="$root/proc" chroot "$root" env -i PATH=/usr/sbin:/usr/bin HOME=/root \
        DEBIAN_FRONTEND=noninteractive GO111MODULE=off GOPATH="/build:$debian_go" GOTOOLCHAIN=local CGO_ENABLED=0 sh -ec "
            apt-get update -qq
            apt-get install -y -qq --no-install-recommends golang-go $6
            dpkg-query -W $6 | grep -qF '$2-'
            go build -ldflags '-X main.version=$2' -o /build/program crosswind.local/$1-driver" >"$work/build.log" 2>&1 ||
        { tail -n 3 "$work/build.log" >&2; say "$1 $2 was not built in Debian's $5" >&2; return 1; }
    mv "$root/build/program" "$work/built/crosswind-$1"
}

# Whether a release is there, made from these sources or newer ones.
go_installed() { # NAME VERSION
    local program="$cache/$1/$2/crosswind-$1"
    [ -x "$program" ] &&
        [ -z "$(find "$shared" "$shared/../$1" -name '*.go' -newer "$program" -print -quit)" ]
}

go_client() { # NAME PACKAGE DEBIAN-PACKAGE RELEASE [MODULE [SUITE DEBIAN-PACKAGE-THERE]]
    local name=$1 package=$2 debian=$3 version=$4 module=${5:-$2} own
    if [ -n "$version" ] && go_installed "$name" "$version"; then return; fi
    command -v go >/dev/null || debian golang-go || { say "$name needs Go, 1.19 or later"; exit 1; }
    own=$(debian_release "$debian")
    if [ -z "$own" ] && [ -z "$version" ]; then
        debian gcc libc6-dev "$debian" || exit 1
        own=$(debian_release "$debian")
    fi
    version=${version:-$own}
    if go_installed "$name" "$version"; then return; fi
    if [ "$version" = "$own" ]; then
        go_debian "$name" "$version"
    elif [ -n "${6:-}" ]; then
        go_module "$name" "$version" "$package" "$module" || go_suite "$name" "$version" "$package" "$module" "$6" "$7" || exit
    else
        go_module "$name" "$version" "$package" "$module" || exit
    fi
    publish "$work/built" "$cache/$name/$version"
    say "$name $version"
}

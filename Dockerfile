# Crosswind as an image, from a release (make dist) and a base of your choice that has apt:
#
#     docker build --build-arg BASE=debian:bookworm-slim --build-arg RELEASE=dist/crosswind-0.2.0-linux-x86_64.tar.xz -t crosswind .
#     docker run --rm --device /dev/net/tun --cap-add SYS_ADMIN --cap-add NET_ADMIN -v "$PWD:/work" crosswind run my.yaml
#
# README.md names the flags and docs/ci.md what to add on hosts with AppArmor.
ARG BASE=debian:bookworm-slim
FROM ${BASE}

# A base that has all of it is left as it is, so that the image can be built without a network.
RUN if ! { command -v nsenter && ldconfig -p | grep -q 'librdkafka\.so\.1' && ldconfig -p | grep -q 'libpcap\.so\.0\.8'; } >/dev/null; then \
        apt-get update -qq \
        && pcap=$(apt-cache policy libpcap0.8t64 | grep -q Candidate && echo libpcap0.8t64 || echo libpcap0.8) \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends util-linux iproute2 librdkafka1 "$pcap" \
        && rm -rf /var/lib/apt/lists/*; \
    fi

ARG RELEASE
ADD ${RELEASE} /opt/
RUN for name in crosswind crosswind-rdkafka crosswind-raw; do ln -s /opt/crosswind-*/bin/$name /usr/local/bin/$name; done \
    && crosswind --version

WORKDIR /work
ENTRYPOINT ["crosswind"]
CMD ["--help"]

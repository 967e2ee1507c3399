// The C parts of Crosswind on another processor: compiled by a cross compiler, run under qemu. Each check is what the Swift
// code relies on. scripts/test-arm64.sh
#include "CCRC32C.h"
#include "CLinux.h"
#include <stdio.h>
#include <stdlib.h>

static int failures = 0;

static void check(int holds, const char *what) {
    printf("%s %s\n", holds ? "ok    " : "FAILED", what);
    if (!holds) failures++;
}

static uint32_t checksum(const void *bytes, size_t count) { return ~crosswind_crc32c(~0u, bytes, count); }

int main(void) {
    // RFC 3720, B.4.
    unsigned char zeros[32] = {0}, rising[32];
    for (int i = 0; i < 32; i++) rising[i] = (unsigned char)i;
    check(crosswind_crc32c_is_available(), "the processor has the CRC-32C instruction");
    check(checksum(zeros, sizeof zeros) == 0x8a9136aa, "CRC-32C of 32 zeros");
    check(checksum(rising, sizeof rising) == 0x46dd794e, "CRC-32C of 0 to 31");
    check(checksum("123456789", 9) == 0xe3069283, "CRC-32C of a length that is no multiple of 8");

    int64_t before = cl_monotonic_ns();
    int timer = cl_timerfd_create(), set = cl_epoll_create();
    uint32_t token = 0;
    check(timer >= 0 && set >= 0 && cl_epoll_add(set, timer, 7) == 0, "epoll and timerfd are made");
    check(cl_timerfd_set(timer, before + 20 * 1000 * 1000) == 0, "the timer is armed");
    check(cl_epoll_wait(set, &token, 1, 5000) == 1 && token == 7, "the timer wakes the epoll by its token");
    check(cl_monotonic_ns() - before >= 20 * 1000 * 1000, "not before its time");
    check(cl_realtime_ns() > 1600000000ll * 1000000000, "the clock of the day");

    int event = cl_eventfd();
    check(event >= 0 && cl_wait_readable(event, 1000000) == 0, "an eventfd that nobody signalled is not readable");
    cl_eventfd_signal(event);
    check(cl_wait_readable(event, 1000000000) > 0, "one that was signalled is");

    int pair[2], passed = -1;
    char letter = 0;
    check(cl_packet_socketpair(pair) == 0, "a pair of sockets");
    check(cl_send_passing(pair[0], "x", 1, event) == 1, "a descriptor is sent");
    check(cl_receive_passing(pair[1], &letter, 1, &passed) == 1 && letter == 'x' && passed >= 0, "and received");

    int file = cl_memory_file("check");
    check(file >= 0 && write(file, "abc", 3) == 3 && lseek(file, 0, SEEK_END) == 3, "a file in memory");

    uint64_t shared = 1;
    cl_store_release(&shared, 5);
    check(cl_load_acquire(&shared) == 5, "atomics");
    void *map = cl_map_lazily(1 << 20);
    check(map != NULL && map != (void *)-1, "anonymous memory");
    cl_unmap(map, 1 << 20);

    pid_t child = cl_fork();
    if (child == 0) _exit(cl_die_with_parent() == 0 ? 42 : 1);
    int status = 0;
    check(child > 0 && waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 42, "fork, prctl and wait");

    int device = cl_tun_open("no-such-namespace-device-name-here", 0);
    check(device < 0 || close(device) == 0, "a refused device is an error number");

    printf("%d failed\n", failures);
    return failures ? 1 : 0;
}

/* Waiting with a resolution below a millisecond: ppoll, eventfd. */
#pragma once
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int ppoll(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);

/* A non-blocking eventfd, eventfd(2). */
static inline int cl_eventfd(void) {
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Waits until fd is readable: 1 when it is, 0 after the timeout, ppoll(2). */
static inline int cl_wait_readable(int fd, int64_t timeout_nanoseconds) {
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    struct timespec timeout = {.tv_sec = timeout_nanoseconds / 1000000000, .tv_nsec = timeout_nanoseconds % 1000000000};
    int count = ppoll(&entry, 1, &timeout, NULL);
    return count < 0 ? -errno : count;
}

/* epoll, timerfd, eventfd, the monotonic clock, anonymous memory and the atomics that two threads share memory by:
   epoll(7), timerfd_create(2), eventfd(2), clock_gettime(2), mmap(2). */
#pragma once
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static inline int64_t cl_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
static inline int64_t cl_realtime_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
/* Processor time of the calling thread. */
static inline int64_t cl_thread_cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int cl_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}
static inline int cl_epoll_add(int epoll, int fd, uint32_t token) {
    struct epoll_event e;
    memset(&e, 0, sizeof e);
    e.events = EPOLLIN;
    e.data.u32 = token;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}
static inline int cl_epoll_remove(int epoll, int fd) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0) < 0 ? -errno : 0;
}
/* Writes the tokens of the ready descriptors; returns how many. */
static inline int cl_epoll_wait(int epoll, uint32_t *tokens, int capacity, int timeout_ms) {
    struct epoll_event events[64];
    if (capacity > 64) capacity = 64;
    int n = epoll_wait(epoll, events, capacity, timeout_ms);
    if (n < 0) return -errno;
    for (int i = 0; i < n; i++) tokens[i] = events[i].data.u32;
    return n;
}

/* Whether a descriptor of the set is ready, without taking the event: an epoll is itself pollable. */
static inline int cl_epoll_is_ready(int epoll) {
    struct pollfd p = {.fd = epoll, .events = POLLIN, .revents = 0};
    return poll(&p, 1, 0) > 0;
}

static inline int cl_timerfd_create(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}
/* Arms the timer for a moment of the monotonic clock; 0 disarms it. */
static inline int cl_timerfd_set(int fd, int64_t at_ns) {
    struct itimerspec t;
    memset(&t, 0, sizeof t);
    if (at_ns > 0) {
        t.it_value.tv_sec = at_ns / 1000000000;
        t.it_value.tv_nsec = at_ns % 1000000000;
    }
    return timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, 0) < 0 ? -errno : 0;
}
static inline void cl_eventfd_signal(int fd) {
    uint64_t one = 1;
    ssize_t n = write(fd, &one, sizeof one);
    (void)n;
}
/* Empties an eventfd or a timerfd. */
static inline void cl_eventfd_drain(int fd) {
    uint64_t value;
    ssize_t n = read(fd, &value, sizeof value);
    (void)n;
}
static inline int64_t cl_read(int fd, void *buffer, size_t size) {
    ssize_t n = read(fd, buffer, size);
    return n < 0 ? -errno : n;
}
static inline int64_t cl_write(int fd, const void *buffer, size_t size) {
    ssize_t n = write(fd, buffer, size);
    return n < 0 ? -errno : n;
}
static inline int64_t cl_readv(int fd, const struct iovec *parts, int count) {
    ssize_t n = readv(fd, parts, count);
    return n < 0 ? -errno : n;
}
static inline int64_t cl_writev(int fd, const struct iovec *parts, int count) {
    ssize_t n = writev(fd, parts, count);
    return n < 0 ? -errno : n;
}

/* Zeroed memory whose pages cost nothing until they are touched; null on failure. */
static inline void *cl_map_lazily(size_t size) {
    void *p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? 0 : p;
}
static inline void cl_unmap(void *p, size_t size) { munmap(p, size); }

/* Timers of this thread fire without the default 50 us of slack. */
static inline void cl_no_timer_slack(void) { prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0); }
static inline void cl_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

static inline uint64_t cl_load_acquire(const uint64_t *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
static inline void cl_store_release(uint64_t *p, uint64_t v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }

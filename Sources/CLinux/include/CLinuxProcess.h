/* Processes: fork, prctl. */
#pragma once
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static inline pid_t cl_fork(void) {
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
}

/* SIGKILL when the parent thread ends: PR_SET_PDEATHSIG, prctl(2). */
static inline int cl_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ? -errno : 0; }

/* A file that is nowhere: memfd_create(2), in the C library since 2.27. */
static inline int cl_memory_file(const char *name) {
    int fd = (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
    return fd < 0 ? -errno : fd;
}

/* The stream behind print(), whose variable Swift does not let through: flockfile(3), fflush(3). */
static inline int cl_try_lock_stdout(void) { return ftrylockfile(stdout); }
static inline int cl_flush_stdout(void) { return fflush(stdout); }

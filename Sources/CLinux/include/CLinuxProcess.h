/* Processes: fork, prctl. */
#pragma once
#include <errno.h>
#include <signal.h>
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

static inline pid_t cl_gettid(void) { return (pid_t)syscall(SYS_gettid); }

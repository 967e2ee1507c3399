/* Namespaces: unshare(2), setns(2), mount(2). */
#pragma once
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

enum {
    CL_CLONE_NEWUSER = 0x10000000,
    CL_CLONE_NEWNET = 0x40000000,
    CL_CLONE_NEWNS = 0x00020000,
    CL_CLONE_NEWPID = 0x20000000,
};

int unshare(int);
int setns(int, int);

static inline int cl_unshare(int flags) { return unshare(flags) < 0 ? -errno : 0; }
static inline int cl_setns(int fd, int kind) { return setns(fd, kind) < 0 ? -errno : 0; }

static inline int cl_mount_private(void) { return mount("none", "/", 0, MS_REC | MS_PRIVATE, 0) < 0 ? -errno : 0; }
static inline int cl_mount_proc(void) {
    return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) < 0 ? -errno : 0;
}

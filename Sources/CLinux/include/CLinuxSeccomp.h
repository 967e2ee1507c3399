/* Notification of connect(2) calls to another process: seccomp_unotify(2). */
#pragma once
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define CL_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CL_AUDIT_ARCH AUDIT_ARCH_AARCH64
#endif

/* One connect call that waits. */
struct cl_connect_call {
    uint64_t id;
    uint32_t pid;
    /* Where the caller's memory holds the address, and how long it is. */
    uint64_t address;
    uint64_t length;
};

/* From now on connect calls of this process and its children wait for whoever holds the descriptor returned. */
static inline int cl_seccomp_notify_connects(void) {
#ifdef CL_AUDIT_ARCH
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CL_AUDIT_ARCH, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_connect, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    long fd = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (fd < 0 && errno == EACCES) {
        /* Without CAP_SYS_ADMIN the kernel asks for this promise first. */
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
        fd = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    }
    return fd < 0 ? -errno : (int)fd;
#else
    return -ENOSYS;
#endif
}

/* The next call that waits; 0, or -errno. The kernel's structures may be longer than those of our headers. */
static inline int cl_seccomp_receive(int fd, struct cl_connect_call *call) {
    union {
        struct seccomp_notif notification;
        char room[512];
    } u;
    memset(&u, 0, sizeof u);
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &u.notification) < 0) return -errno;
    call->id = u.notification.id;
    call->pid = u.notification.pid;
    call->address = u.notification.data.args[1];
    call->length = u.notification.data.args[2];
    return 0;
}

/* Whether the call still waits: its process may have ended, and its number be another's. */
static inline int cl_seccomp_is_waiting(int fd, uint64_t id) {
    return ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* Lets the call go on. */
static inline int cl_seccomp_continue(int fd, uint64_t id) {
    union {
        struct seccomp_notif_resp response;
        char room[512];
    } u;
    memset(&u, 0, sizeof u);
    u.response.id = id;
    u.response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    return ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &u.response) < 0 ? -errno : 0;
}

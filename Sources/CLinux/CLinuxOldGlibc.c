// What the static C++ library of a newer distribution asks of the C library and one before 2.32 does not have, so that
// a release built here runs on Debian 11 (make dist).

// glibc 2.32, <sys/single_threaded.h>. Zero is always right: it only says that nobody promises a single thread.
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;

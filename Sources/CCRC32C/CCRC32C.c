// Instructions that Swift cannot name: CRC-32C of SSE 4.2 and of ARMv8.
#include "CCRC32C.h"

#include <string.h>

#if defined(__x86_64__)

#include <nmmintrin.h>

int crosswind_crc32c_is_available(void) { return __builtin_cpu_supports("sse4.2") ? 1 : 0; }

__attribute__((target("sse4.2"))) uint32_t crosswind_crc32c(uint32_t crc, const void *bytes, size_t count) {
    const unsigned char *at = bytes;
    uint64_t value = crc;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        value = _mm_crc32_u64(value, word);
    }
    for (; count > 0; count--, at++) value = _mm_crc32_u8((uint32_t)value, *at);
    return (uint32_t)value;
}

#elif defined(__aarch64__)

// Optional in ARMv8.0, there from 8.1 on: compiled always, used where the kernel says that it is there. getauxval(3).
#include <sys/auxv.h>
#if defined(__clang__)
#define CROSSWIND_CRC __attribute__((target("crc")))
#else
#define CROSSWIND_CRC __attribute__((target("+crc")))
#endif
#define CROSSWIND_HWCAP_CRC32 (1ul << 7)

int crosswind_crc32c_is_available(void) { return getauxval(AT_HWCAP) & CROSSWIND_HWCAP_CRC32 ? 1 : 0; }

#include <arm_acle.h>

CROSSWIND_CRC uint32_t crosswind_crc32c(uint32_t crc, const void *bytes, size_t count) {
    const unsigned char *at = bytes;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        crc = __crc32cd(crc, word);
    }
    for (; count > 0; count--, at++) crc = __crc32cb(crc, *at);
    return crc;
}

#else

int crosswind_crc32c_is_available(void) { return 0; }

uint32_t crosswind_crc32c(uint32_t crc, const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return crc;
}

#endif

#ifndef CCRC32C_H
#define CCRC32C_H

#include <stddef.h>
#include <stdint.h>

/// 1 when this processor computes CRC-32C in hardware, else 0.
int crosswind_crc32c_is_available(void);

/// Continues a CRC-32C (its inner form, already inverted) over `count` bytes. Only where it is available.
uint32_t crosswind_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif

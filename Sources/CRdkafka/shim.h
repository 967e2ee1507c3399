#pragma once
/* As CLinux does: both modules must see the same system headers. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <librdkafka/rdkafka.h>

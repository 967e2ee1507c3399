#pragma once
/* As CLinux does: all C modules must see the same system headers. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pcap/pcap.h>

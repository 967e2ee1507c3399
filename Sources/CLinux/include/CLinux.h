/* What Swift cannot import: variadic calls, macros, fork. No logic. Every wrapper returns -errno on failure. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxProcess.h"
#include "CLinuxNamespace.h"
#include "CLinuxTun.h"
#include "CLinuxWait.h"
#include "CLinuxEpoll.h"

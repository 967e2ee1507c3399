/* What Swift cannot import: variadic calls, macros, fork. No logic. Every wrapper returns -errno on failure. */
#pragma once
/* No feature macros: every C module must see the system headers as Swift's own Glibc module does. */
#include "CLinuxProcess.h"
#include "CLinuxNamespace.h"
#include "CLinuxTun.h"
#include "CLinuxWait.h"
#include "CLinuxEpoll.h"
#include "CLinuxPassing.h"
#include "CLinuxSeccomp.h"

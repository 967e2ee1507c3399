#pragma once
/* No feature macros: every C module must see the system headers as Swift's own Glibc module does. */
#include <lz4frame.h>

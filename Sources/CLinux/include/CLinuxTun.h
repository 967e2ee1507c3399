/* TUN devices and interface set-up by ioctl: tun(4), netdevice(7). Implemented in CLinuxTun.c, because <linux/if.h>
   and the <net/if.h> of the Swift overlay declare the same types differently. Addresses are in network byte order. */
#pragma once
#include <stdint.h>

/* Opens a TUN device named `name` in the caller's network namespace; flags are IFF_TUN | IFF_NO_PI | extra. */
int cl_tun_open(const char *name, int extra_flags);
int cl_if_set_mtu(const char *name, int mtu);
int cl_if_set_txqueuelen(const char *name, int length);
int cl_if_set_address(const char *name, uint32_t address, uint32_t netmask);
int cl_if_up(const char *name);
/* Adds a route to a network through a device (no gateway). */
int cl_route_add(const char *device, uint32_t network, uint32_t netmask);

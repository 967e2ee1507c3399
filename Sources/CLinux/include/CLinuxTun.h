/* TUN devices and interface set-up by ioctl: tun(4), netdevice(7). Implemented in CLinuxTun.c, because <linux/if.h>
   and the <net/if.h> of the Swift overlay declare the same types differently. Addresses are in network byte order. */
#pragma once
#include <stdint.h>

/* Opens a TUN device named `name` in the caller's network namespace, with IFF_VNET_HDR if asked. */
int cl_tun_open(const char *name, int vnet_header);
/* Asks for TCP packets of up to 64 kB with unfinished checksums; the device must have IFF_VNET_HDR. */
int cl_tun_offload(int fd);
int cl_if_set_mtu(const char *name, int mtu);
int cl_if_set_txqueuelen(const char *name, int length);
int cl_if_set_address(const char *name, uint32_t address, uint32_t netmask);
int cl_if_up(const char *name);
/* Adds a route to a network through a device (no gateway). */
int cl_route_add(const char *device, uint32_t network, uint32_t netmask);
int cl_route_add_congestion(const char *device, uint32_t network, int prefix, const char *congestion);

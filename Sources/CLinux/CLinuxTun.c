/* TUN devices and interface set-up by ioctl: tun(4), netdevice(7). */
#include "CLinuxTun.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/route.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

/* Opens a TUN device named `name` in the caller's network namespace; with IFF_VNET_HDR if asked. */
int cl_tun_open(const char *name, int vnet_header) {
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return -errno;
    struct ifreq r;
    memset(&r, 0, sizeof r);
    strncpy(r.ifr_name, name, IFNAMSIZ - 1);
    r.ifr_flags = (short)(IFF_TUN | IFF_NO_PI | (vnet_header ? IFF_VNET_HDR : 0));
    if (ioctl(fd, TUNSETIFF, &r) < 0) {
        int e = errno;
        close(fd);
        return -e;
    }
    return fd;
}

/* Asks for TCP packets of up to 64 kB with unfinished checksums; the device must have IFF_VNET_HDR. */
int cl_tun_offload(int fd) {
    return ioctl(fd, TUNSETOFFLOAD, (unsigned long)(TUN_F_CSUM | TUN_F_TSO4)) < 0 ? -errno : 0;
}

static int cl_if_request(const char *name, unsigned long request, struct ifreq *r) {
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0) return -errno;
    strncpy(r->ifr_name, name, IFNAMSIZ - 1);
    int e = ioctl(s, request, r) < 0 ? -errno : 0;
    close(s);
    return e;
}
int cl_if_set_mtu(const char *name, int mtu) {
    struct ifreq r;
    memset(&r, 0, sizeof r);
    r.ifr_mtu = mtu;
    return cl_if_request(name, SIOCSIFMTU, &r);
}
/* Sends one message of rtnetlink(7) and takes the kernel's acknowledgement: 0, or its error. */
static int cl_netlink_ask(const struct nlmsghdr *message) {
    int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (s < 0) return -errno;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[512];
    } answer;
    memset(&answer, 0, sizeof answer);
    int e = 0;
    ssize_t received = -1;
    if (send(s, message, message->nlmsg_len, 0) < 0 || (received = recv(s, &answer, sizeof answer, 0)) < 0) e = -errno;
    else if (received < (ssize_t)NLMSG_LENGTH(sizeof answer.error)) e = -EIO;
    else e = answer.header.nlmsg_type == NLMSG_ERROR ? answer.error.error : -EPROTO;
    close(s);
    return e;
}
/* By rtnetlink(7): the ioctl wants CAP_NET_ADMIN of the machine, which root of a user namespace does not have. */
int cl_if_set_txqueuelen(const char *name, int length) {
    struct ifreq r;
    memset(&r, 0, sizeof r);
    int e = cl_if_request(name, SIOCGIFINDEX, &r);
    if (e) return e;
    struct {
        struct nlmsghdr header;
        struct ifinfomsg info;
        struct rtattr attribute;
        uint32_t length;
    } request;
    memset(&request, 0, sizeof request);
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = RTM_NEWLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    request.info.ifi_family = AF_UNSPEC;
    request.info.ifi_index = r.ifr_ifindex;
    request.attribute.rta_len = RTA_LENGTH(sizeof request.length);
    request.attribute.rta_type = IFLA_TXQLEN;
    request.length = (uint32_t)length;
    return cl_netlink_ask(&request.header);
}
/* Addresses in network byte order. */
int cl_if_set_address(const char *name, uint32_t address, uint32_t netmask) {
    struct ifreq r;
    memset(&r, 0, sizeof r);
    struct sockaddr_in *a = (struct sockaddr_in *)&r.ifr_addr;
    a->sin_family = AF_INET;
    a->sin_addr.s_addr = address;
    int e = cl_if_request(name, SIOCSIFADDR, &r);
    if (e) return e;
    memset(&r, 0, sizeof r);
    a->sin_family = AF_INET;
    a->sin_addr.s_addr = netmask;
    return cl_if_request(name, SIOCSIFNETMASK, &r);
}
int cl_if_up(const char *name) {
    struct ifreq r;
    memset(&r, 0, sizeof r);
    int e = cl_if_request(name, SIOCGIFFLAGS, &r);
    if (e) return e;
    r.ifr_flags |= IFF_UP | IFF_RUNNING;
    return cl_if_request(name, SIOCSIFFLAGS, &r);
}
/* Adds a route to a network through a device (no gateway). */
int cl_route_add(const char *device, uint32_t network, uint32_t netmask) {
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0) return -errno;
    struct rtentry r;
    memset(&r, 0, sizeof r);
    struct sockaddr_in *a = (struct sockaddr_in *)&r.rt_dst;
    a->sin_family = AF_INET;
    a->sin_addr.s_addr = network;
    a = (struct sockaddr_in *)&r.rt_genmask;
    a->sin_family = AF_INET;
    a->sin_addr.s_addr = netmask;
    r.rt_flags = RTF_UP;
    r.rt_dev = (char *)device;
    int e = ioctl(s, SIOCADDRT, &r) < 0 ? -errno : 0;
    close(s);
    return e;
}

/* <net/if.h> has it, which cannot stand beside <linux/if.h>. */
extern unsigned int if_nametoindex(const char *name);

/* Adds an attribute to a netlink message; the caller has the room. */
static void cl_add_attribute(struct nlmsghdr *h, unsigned short type, const void *data, size_t length) {
    struct rtattr *a = (struct rtattr *)((char *)h + NLMSG_ALIGN(h->nlmsg_len));
    a->rta_type = type;
    a->rta_len = RTA_LENGTH(length);
    memcpy(RTA_DATA(a), data, length);
    h->nlmsg_len = NLMSG_ALIGN(h->nlmsg_len) + RTA_ALIGN(a->rta_len);
}

/* The same route, whose connections have a congestion control of their own (RTAX_CC_ALGO, rtnetlink(7)): a namespace may
 * not make one its default that the machine does not allow everybody, but its routes may name any that the kernel has. */
int cl_route_add_congestion(const char *device, uint32_t network, int prefix, const char *congestion) {
    struct {
        struct nlmsghdr h;
        struct rtmsg r;
        char attributes[128];
    } m;
    memset(&m, 0, sizeof m);
    size_t length = strlen(congestion) + 1;
    if (length > 16) return -EINVAL;
    m.h.nlmsg_len = NLMSG_LENGTH(sizeof m.r);
    m.h.nlmsg_type = RTM_NEWROUTE;
    m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    m.r.rtm_family = AF_INET;
    m.r.rtm_dst_len = (unsigned char)prefix;
    m.r.rtm_table = RT_TABLE_MAIN;
    m.r.rtm_protocol = RTPROT_BOOT;
    m.r.rtm_scope = RT_SCOPE_LINK;
    m.r.rtm_type = RTN_UNICAST;
    unsigned index = if_nametoindex(device);
    if (index == 0) return -errno;
    cl_add_attribute(&m.h, RTA_DST, &network, sizeof network);
    cl_add_attribute(&m.h, RTA_OIF, &index, sizeof index);
    struct rtattr *metrics = (struct rtattr *)((char *)&m + NLMSG_ALIGN(m.h.nlmsg_len));
    cl_add_attribute(&m.h, RTA_METRICS, "", 0);
    cl_add_attribute(&m.h, RTAX_CC_ALGO, congestion, length);
    metrics->rta_len = (unsigned short)((char *)&m + m.h.nlmsg_len - (char *)metrics);
    return cl_netlink_ask(&m.h);
}

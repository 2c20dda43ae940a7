// SPDX-License-Identifier: MIT
// Requests to rtnetlink, one at a time, each acknowledged; offloads by ethtool's ioctl.
#include "link.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct request {
    struct nlmsghdr *header;
    _Alignas(struct nlmsghdr) uint8_t octets[1024]; // the largest, of a veth pair, has some 150
};

// Begins a request; gives its family's header of that size, zeroed.
static void *begin(struct request *request, uint16_t type, uint16_t flags, size_t size) {
    request->header = mnl_nlmsg_put_header(request->octets);
    request->header->nlmsg_type = type;
    request->header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
    request->header->nlmsg_seq = 1;
    return mnl_nlmsg_put_extra_header(request->header, size);
}

static bool ask(struct mnl_socket *netlink, const struct request *request) {
    uint8_t answer[8192];
    if (mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID) != 0 ||
        mnl_socket_sendto(netlink, request->header, request->header->nlmsg_len) < 0)
        return false;
    const ssize_t got = mnl_socket_recvfrom(netlink, answer, sizeof answer);
    return got >= 0 && mnl_cb_run(answer, (size_t)got, request->header->nlmsg_seq,
                                  mnl_socket_get_portid(netlink), NULL, NULL) >= 0;
}

static bool done(const struct request *request) {
    struct mnl_socket *netlink = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (netlink == NULL)
        return false;
    const bool well = ask(netlink, request);
    const int why = errno;
    (void)mnl_socket_close(netlink);
    errno = why;
    return well;
}

static void put_end(struct nlmsghdr *header, const struct link_end *end) {
    mnl_attr_put_strz(header, IFLA_IFNAME, end->name);
    mnl_attr_put(header, IFLA_ADDRESS, LINK_ADDRESS, end->address);
}

bool link_veth(const struct link_end *one, const struct link_end *other) {
    struct request request;
    struct ifinfomsg *link =
        begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
    link->ifi_index = (int)one->index;
    put_end(request.header, one);
    struct nlattr *info = mnl_attr_nest_start(request.header, IFLA_LINKINFO);
    mnl_attr_put_strz(request.header, IFLA_INFO_KIND, "veth");
    struct nlattr *data = mnl_attr_nest_start(request.header, IFLA_INFO_DATA);
    struct nlattr *peer = mnl_attr_nest_start(request.header, VETH_INFO_PEER);
    link = mnl_nlmsg_put_extra_header(request.header, sizeof *link);
    link->ifi_index = (int)other->index;
    put_end(request.header, other);
    mnl_attr_nest_end(request.header, peer);
    mnl_attr_nest_end(request.header, data);
    mnl_attr_nest_end(request.header, info);
    return done(&request);
}

static void begin_flags(struct request *request, unsigned index, unsigned flags) {
    struct ifinfomsg *link = begin(request, RTM_NEWLINK, 0, sizeof *link);
    link->ifi_index = (int)index;
    link->ifi_flags = link->ifi_change = flags; // these are set, others stay
}

bool link_up(unsigned index) {
    struct request request;
    begin_flags(&request, index, IFF_UP);
    return done(&request);
}

bool link_up_bare(unsigned index, unsigned mtu) {
    enum { PACKETS = 4096 }; // that a TUN keeps until they are taken
    struct request request;
    begin_flags(&request, index, IFF_UP | IFF_NOARP);
    mnl_attr_put_u32(request.header, IFLA_MTU, mtu);
    mnl_attr_put_u32(request.header, IFLA_TXQLEN, PACKETS);
    if (!done(&request))
        return false;
    struct tcmsg *queue =
        begin(&request, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, sizeof *queue);
    queue->tcm_ifindex = (int)index;
    queue->tcm_parent = TC_H_ROOT;
    mnl_attr_put_strz(request.header, TCA_KIND, "noqueue");
    // A kernel without CONFIG_NET_SCHED has no other queue than this.
    return done(&request) || errno == EOPNOTSUPP;
}

bool link_address(unsigned index, int version, const struct tw_address *address, uint8_t prefix) {
    struct request request;
    struct ifaddrmsg *told = begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *told);
    const size_t length = version == 4 ? 4 : sizeof address->octets;
    told->ifa_family = version == 4 ? AF_INET : AF_INET6;
    told->ifa_prefixlen = prefix;
    told->ifa_flags = version == 4 ? 0 : IFA_F_NODAD;
    told->ifa_index = index;
    mnl_attr_put(request.header, IFA_LOCAL, length, address->octets);
    mnl_attr_put(request.header, IFA_ADDRESS, length, address->octets);
    return done(&request);
}

bool link_local6(unsigned index, const struct tw_address *address) {
    struct request request;
    struct rtmsg *route = begin(&request, RTM_NEWROUTE, NLM_F_CREATE, sizeof *route);
    route->rtm_family = AF_INET6;
    route->rtm_dst_len = sizeof address->octets * CHAR_BIT;
    route->rtm_table = RT_TABLE_LOCAL;
    route->rtm_protocol = RTPROT_STATIC;
    route->rtm_type = RTN_LOCAL;
    mnl_attr_put(request.header, RTA_DST, sizeof address->octets, address->octets);
    mnl_attr_put_u32(request.header, RTA_OIF, index);
    return done(&request);
}

bool link_no_offload(const char *name) {
    static const uint32_t features[] = {ETHTOOL_STSO, ETHTOOL_SGSO,    ETHTOOL_SGRO,
                                        ETHTOOL_SSG,  ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM};
    struct ifreq request = {0};
    const size_t length = strlen(name);
    if (length >= sizeof request.ifr_name) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(request.ifr_name, name, length);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool well = true;
    for (size_t i = 0; i < TW_COUNT(features) && well; i++) {
        struct ethtool_value off = {.cmd = features[i], .data = 0};
        request.ifr_data = (char *)&off;
        well = ioctl(fd, SIOCETHTOOL, &request) == 0;
    }
    const int why = errno;
    close(fd);
    errno = why;
    return well;
}

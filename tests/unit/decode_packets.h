// SPDX-License-Identifier: MIT
// Hand-written packets for test_decode: one an encapsulation, and those that hold no segment.
// Included once, after cmocka.h.
#ifndef DECODE_PACKETS_H
#define DECODE_PACKETS_H

#include "tcpwalk/decode.h"

// Packets are written in hexadecimal. Four letters stand for two octets of length that go to the
// end of the packet: TTTT from two octets before (IPv4), PPPP from 36 behind (IPv6), UUUU from four
// before (UDP), LLLL from behind themselves.
#define ETHER(type)      "020000000002 020000000001 " type " "
#define OUTER4(protocol) "45 00 TTTT 0001 0000 40 " protocol " 0000 c0000201 c0000202 "
#define OUTER6(next)     "60000000 PPPP " next " 40 " A6 B6
#define A6               "20010db8000000000000000000000001 "
#define B6               "20010db8000000000000000000000002 "
#define OVER_UDP(port)   OUTER4("11") "c001 " port " UUUU 0000 "
#define FIXED(words)     "3039 0050 01020304 05060708 " words "018 0400 0000 0000 "
#define TCP              FIXED("8") "0101080a 0a0b0c0d 00000007 68656c6c6f"
#define HEAD4(protocol)  "45 00 TTTT 1234 4000 40 " protocol " 0000 0a000001 0a000002 "
#define IN4              HEAD4("06") TCP
#define IN6              OUTER6("06") TCP
#define ZERO16           "00000000000000000000000000000000 "
#define SNAP(type)       "aaaa03 000000 " type " "
#define WLAN             "08010000 020000000001 020000000002 020000000003 1000 "

enum { ROOM = 512, PAYLOAD = 5, HEADER = 32, TAG_NONE = 0xffff };

// What holds the segment of TCP above, and what is noted of it besides.
static const struct packet {
    const char *name;
    int linktype;
    const char *hex;
    uint8_t version, notes;
    uint16_t outer_tag, inner_tag; // 0: none
} packets[] = {
    {"ethernet", 1, ETHER("0800") IN4, 4, 0, 0, 0},
    {"ethernet ipv6", 1, ETHER("86dd") IN6, 6, 0, 0, 0},
    {"vlan", 1, ETHER("8100") "6064 0800" IN4, 4, 0, 100, 0},
    {"qinq", 1, ETHER("88a8") "0064 8100 00c8 0800" IN4, 4, 0, 100, 200},
    {"three tags", 1, ETHER("9100") "0064 9200 00c8 8100 0001 86dd" IN6, 6, 0, 100, 200},
    {"vlan llc", 1, ETHER("8100") "0001 LLLL" SNAP("0800") IN4, 4, 0, 1, 0},
    {"vn-tag", 1, ETHER("8926") "00000000 0800" IN4, 4, 0, 0, 0},
    {"e-tag", 1, ETHER("893f") "000000000000 0800" IN4, 4, 0, 0, 0},
    {"cisco metadata", 1, ETHER("8909") "0101 0001 0002 0800" IN4, 4, 0, 0, 0},
    {"hsr", 1, ETHER("892f") "0000 0000 0800" IN4, 4, 0, 0, 0},
    {"r-tag", 1, ETHER("f1c1") "0000 0000 0800" IN4, 4, 0, 0, 0},
    {"mac in mac", 1, ETHER("88e7") "00000001 020000000002 020000000001 8100 0007 0800" IN4, 4, 0,
     7, 0},
    {"trill", 1, ETHER("22f3") "0040 0001 0002 00000000" ETHER("0800") IN4, 4, 0, 0, 0},
    {"802.3 snap", 1, ETHER("LLLL") SNAP("0800") IN4, 4, 0, 0, 0},
    {"802.3 llc", 1, ETHER("LLLL") "060603" IN4, 4, 0, 0, 0},
    {"802.3 nlpid", 1, ETHER("LLLL") "fefe03 cc" IN4, 4, 0, 0, 0},
    {"jumbo llc", 1, ETHER("8870") SNAP("86dd") IN6, 6, 0, 0, 0},
    {"mpls", 1, ETHER("8847") "00010040 00020140" IN4, 4, 0, 0, 0},
    {"mpls ipv6", 1, ETHER("8848") "00020140" IN6, 6, 0, 0, 0},
    {"mpls control word", 1, ETHER("8847") "00020140 00000000" ETHER("0800") IN4, 4, 0, 0, 0},
    {"mpls pseudowire", 1, ETHER("8847") "00020140 820000000002 020000000001 0800" IN4, 4, 0, 0, 0},
    {"pppoe", 1, ETHER("8864") "1100 0001 LLLL 0021" IN4, 4, 0, 0, 0},
    {"pppoe ipv6", 1, ETHER("8864") "1100 0001 LLLL 0057" IN6, 6, 0, 0, 0},
    {"nsh", 1, ETHER("894f") "0fc6 0101 00000100 00000000 00000000 00000000 00000000" IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"null little", 0, "02000000" IN4, 4, 0, 0, 0},
    {"null big", 0, "00000002" IN4, 4, 0, 0, 0},
    {"null netbsd", 0, "18000000" IN6, 6, 0, 0, 0},
    {"null freebsd", 0, "0000001c" IN6, 6, 0, 0, 0},
    {"null macos", 0, "1e000000" IN6, 6, 0, 0, 0},
    {"loop linux", 108, "0000000a" IN6, 6, 0, 0, 0},
    {"raw", 101, IN4, 4, 0, 0, 0},
    {"raw ipv6", 101, IN6, 6, 0, 0, 0},
    {"raw 12", 12, IN4, 4, 0, 0, 0},
    {"raw 14", 14, IN4, 4, 0, 0, 0},
    {"ipv4", 228, IN4, 4, 0, 0, 0},
    {"ipv6", 229, IN6, 6, 0, 0, 0},
    {"cooked", 113, "0000 0001 0006 0200000000010000 0800" IN4, 4, 0, 0, 0},
    {"cooked vlan", 113, "0000 0001 0006 0200000000010000 8100 0064 0800" IN4, 4, 0, 100, 0},
    {"cooked llc", 113, "0000 0001 0006 0200000000010000 0004" SNAP("0800") IN4, 4, 0, 0, 0},
    {"cooked gre", 113, "0000 030a 0004 0200000000010000 86dd" IN6, 6, 0, 0, 0},
    {"cooked wlan", 113, "0000 0321 0006 0200000000010000 0000" WLAN SNAP("0800") IN4, 4, 0, 0, 0},
    {"cooked v2", 276, "86dd 0000 00000002 0001 00 06 0200000000010000" IN6, 6, 0, 0, 0},
    {"cooked v2 vlan", 276, "8100 0000 00000002 0001 00 06 0200000000010000 0064 0800" IN4, 4, 0,
     100, 0},
    {"ppp", 9, "ff03 0021" IN4, 4, 0, 0, 0},
    {"ppp short", 9, "21" IN4, 4, 0, 0, 0},
    {"ppp bundle", 9, "ff03 003d c0000001 0057" IN6, 6, 0, 0, 0},
    {"ppp mpls", 50, "ff03 0281 00020140" IN4, 4, 0, 0, 0},
    {"ppp ether", 51, "1100 0001 LLLL 0021" IN4, 4, 0, 0, 0},
    {"pppd", 166, "0003 0021" IN4, 4, 0, 0, 0},
    {"ppp direction", 204, "01 ff03 0021" IN4, 4, 0, 0, 0},
    {"cisco hdlc", 104, "0f00 0800" IN4, 4, 0, 0, 0},
    {"cisco hdlc serial", 50, "8f00 86dd" IN6, 6, 0, 0, 0},
    {"frame relay", 107, "1841 03 cc" IN4, 4, 0, 0, 0},
    {"frame relay snap", 107, "1841 03 00 80 000000 0800" IN4, 4, 0, 0, 0},
    {"frame relay cisco", 107, "1841 0800" IN4, 4, 0, 0, 0},
    {"atm", 100, SNAP("0800") IN4, 4, 0, 0, 0},
    {"sunatm", 123, "02000064" SNAP("0800") IN4, 4, 0, 0, 0},
    {"token ring", 6, "1040 020000000001 820000000002 0670 00110022" SNAP("0800") IN4, 4, 0, 0, 0},
    {"fddi", 10, "50 020000000001 020000000002" SNAP("0800") IN4, 4, 0, 0, 0},
    {"arcnet", 129, "0102 0000 d4 00 0001" IN4, 4, 0, 0, 0},
    {"arcnet exception", 129, "0102 0000 d4 ff ffff ff 00 0001" IN4, 4, 0, 0, 0},
    {"arcnet simple", 7, "0102 f0" IN4, 4, 0, 0, 0},
    {"docsis", 143, "0000 0000 0000" ETHER("0800") IN4, 4, 0, 0, 0},
    {"pflog", 117, "3d 02" ZERO16 ZERO16 ZERO16 "0000000000000000000000000000" IN4, 4, 0, 0, 0},
    {"enc", 109, "00000002 00000001 00000000" IN4, 4, 0, 0, 0},
    {"ipnet", 226, "01 02 0000 00000000 00000001 00000001 00000000 00000000" IN4, 4, 0, 0, 0},
    {"nflog", 239, "02 00 0000 0800 0100 08000000 0500 0a00 00000000 3d00 0900" IN4, 4, 0, 0, 0},
    {"juniper ethernet", 178, "4d4743 80 0003 000000" ETHER("0800") IN4, 4, 0, 0, 0},
    {"juniper ppp", 179, "4d4743 00 ff03 0021" IN4, 4, 0, 0, 0},
    {"juniper without link", 178, "4d4743 02 02000000" IN4, 4, 0, 0, 0},
    {"pktap", 258, "0c000000 01000000 01000000" ETHER("0800") IN4, 4, 0, 0, 0},
    {"ppi", 192, "00 00 0800 69000000" WLAN SNAP("0800") IN4, 4, 0, 0, 0},
    {"dsa", 284, "020000000002 020000000001 c0000000 0800" IN4, 4, 0, 0, 0},
    {"802.11", 105, WLAN SNAP("0800") IN4, 4, 0, 0, 0},
    {"802.11 qos", 105,
     "8802 0000 020000000001 020000000002 020000000003 1000 0000" SNAP("0800") IN4, 4, 0, 0, 0},
    {"802.11 four addresses", 105,
     "0803 0000 020000000001 020000000002 020000000003 1000 020000000004" SNAP("86dd") IN6, 6, 0, 0,
     0},
    {"802.11 one in aggregate", 105,
     "8802 0000 020000000001 020000000002 020000000003 1000 8000 020000000001 020000000002 "
     "LLLL" SNAP("0800") IN4,
     4, 0, 0, 0},
    {"radiotap", 127, "0000 0900 02000000 10" WLAN SNAP("0800") IN4, 4, 0, 0, 0},
    {"radiotap padded", 127,
     "0000 1900 030000a0 00000000 00000000 0000000000000000 20 8802 0000 020000000001 020000000002 "
     "020000000003 1000 0000 0000" SNAP("0800") IN4,
     4, 0, 0, 0},
    {"prism", 119,
     "00000044 00000090 00000000 00000000" ZERO16 ZERO16 ZERO16 ZERO16 ZERO16 ZERO16 ZERO16 ZERO16
         WLAN SNAP("0800") IN4,
     4, 0, 0, 0},
    {"avs", 163, "80211001 0000000c 00000000" WLAN SNAP("0800") IN4, 4, 0, 0, 0},
    {"avs as prism", 119, "80211001 0000000c 00000000" WLAN SNAP("0800") IN4, 4, 0, 0, 0},
    {"ipip", 1, ETHER("0800") OUTER4("04") IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"6in4", 1, ETHER("0800") OUTER4("29") IN6, 6, TW_NOTE_TUNNEL, 0, 0},
    {"4in6", 101, OUTER6("04") IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"6in6", 101, OUTER6("29") IN6, 6, TW_NOTE_TUNNEL, 0, 0},
    {"mpls in ip", 101, OUTER4("89") "00020140" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"etherip", 101, OUTER4("61") "3000" ETHER("0800") IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"gre", 101, OUTER4("2f") "0000 0800" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"gre with all", 101, OUTER4("2f") "b000 86dd 00000000 00000001 00000002" IN6, 6,
     TW_NOTE_TUNNEL, 0, 0},
    {"gre routed", 101, OUTER4("2f") "4000 0800 00000000 0800 00 04 c0000201 0000 00 00" IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"gre ethernet", 101, OUTER4("2f") "2000 6558 00000001" ETHER("8100") "0064 0800" IN4, 4,
     TW_NOTE_TUNNEL, 100, 0},
    {"gre mpls", 101, OUTER4("2f") "0000 8847 00020140" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"gre wccp", 101, OUTER4("2f") "0000 883e" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"gre wccp 2", 101, OUTER4("2f") "0000 883e 00000000" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"pptp", 101, OUTER4("2f") "3081 880b 00000001 00000002 00000003 ff03 0021" IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"erspan 1", 101, OUTER4("2f") "0000 88be" ETHER("0800") IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"erspan 2", 101, OUTER4("2f") "1000 88be 00000001 1001000000000000" ETHER("0800") IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"erspan 3", 101,
     OUTER4("2f") "1000 22eb 00000001 200100000000000000000001 0000000000000000" ETHER("0800") IN4,
     4, TW_NOTE_TUNNEL, 0, 0},
    {"erspan 3 ip", 101, OUTER4("2f") "1000 22eb 00000001 200100000000000000000800" IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"gre nsh", 101, OUTER4("2f") "0000 894f 0fc2 0203 00000100" ETHER("0800") IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"vxlan", 1, ETHER("0800") OVER_UDP("12b5") "08000000 00000100" ETHER("0800") IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"vxlan 8472", 1, ETHER("0800") OVER_UDP("2118") "08000000 00000100" ETHER("86dd") IN6, 6,
     TW_NOTE_TUNNEL, 0, 0},
    {"vxlan-gpe", 101, OVER_UDP("12b6") "0c000001 00000100" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"vxlan from its port", 101,
     OUTER4("11") "12b5 c001 UUUU 0000 08000000 00000100" ETHER("0800") IN4, 4, TW_NOTE_TUNNEL, 0,
     0},
    {"geneve", 101, OVER_UDP("17c1") "0100 6558 00000100 01020304" ETHER("0800") IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"geneve ip", 101, OVER_UDP("17c1") "0000 0800 00000100" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"teredo", 101, OVER_UDP("0dd8") IN6, 6, TW_NOTE_TUNNEL, 0, 0},
    {"teredo with all", 101,
     OVER_UDP("0dd8") "0001 01 02 aa bbbb 0000000000000000 00 0000 fffe 3ffffdfe" IN6, 6,
     TW_NOTE_TUNNEL, 0, 0},
    {"gtp-u", 101, OVER_UDP("0868") "30ff 0000 00000001" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"gtp-u with all", 101,
     OVER_UDP("0868") "34ff 0000 00000001 0001 00 85 01 1001 c0 01 0002 00" IN6, 6, TW_NOTE_TUNNEL,
     0, 0},
    {"l2tp", 101, OVER_UDP("06a5") "4002 LLLL 0001 0002 ff03 0021" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"l2tp with all", 101, OVER_UDP("06a5") "4a02 LLLL 0001 0002 00000000 0001 00 21" IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"tzsp", 101, OVER_UDP("9090") "0100 0001 00 0a 02 1234 01" ETHER("0800") IN4, 4,
     TW_NOTE_TUNNEL, 0, 0},
    {"tzsp wlan", 101, OVER_UDP("9090") "0100 0012 01" WLAN SNAP("0800") IN4, 4, TW_NOTE_TUNNEL, 0,
     0},
    {"mpls over udp", 101, OVER_UDP("19eb") "00020140" IN4, 4, TW_NOTE_TUNNEL, 0, 0},
    {"ipv4 options", 101, "46 00 TTTT 1234 4000 40 06 0000 0a000001 0a000002 01010101" TCP, 4, 0, 0,
     0},
    {"ipv4 first fragment", 101, "45 00 TTTT 1234 2000 40 06 0000 0a000001 0a000002" TCP, 4,
     TW_NOTE_FIRST_FRAGMENT, 0, 0},
    {"ipv4 authentication", 101,
     HEAD4("33") "06 04 0000 00000001 00000001 010203040506070809101112" TCP, 4, 0, 0, 0},
    {"ipv6 extensions", 101,
     OUTER6("00") "3c00010400000000 2b01010c00000000 0000000000000000 33000000 00000000 "
                  "06 04 0000 00000001 00000001 010203040506070809101112" TCP,
     6, 0, 0, 0},
    {"ipv6 mobility", 101, OUTER6("87") "8b00000000000000 8c00000000000000 0600000000000000" TCP, 6,
     0, 0, 0},
    {"ipv6 first fragment", 101, OUTER6("2c") "0600 0001 00000001" TCP, 6, TW_NOTE_FIRST_FRAGMENT,
     0, 0},
    {"ipv6 atomic fragment", 101, OUTER6("2c") "0600 0000 00000001" TCP, 6, 0, 0, 0},
    {"tcp in ip in a first fragment", 101, "45 00 TTTT 0001 2000 40 04 0000 c0000201 c0000202" IN4,
     4, TW_NOTE_TUNNEL | TW_NOTE_FIRST_FRAGMENT, 0, 0},
};

// What holds no segment, and why.
static const struct {
    const char *name;
    int linktype;
    const char *hex;
    enum tw_reason reason;
} others[] = {
    {"link type", 231, "00", TW_REASON_LINK_TYPE},
    {"link type beyond", 70000, "00", TW_REASON_LINK_TYPE},
    {"link type below", -1, "00", TW_REASON_LINK_TYPE},
    {"nothing", 1, "", TW_REASON_TRUNCATED_LINK},
    {"arp", 1, ETHER("0806") "0001", TW_REASON_ARP},
    {"lldp", 1, ETHER("88cc") "0001", TW_REASON_OTHER_ETHERTYPE},
    {"macsec", 1, ETHER("88e5") "0001", TW_REASON_MACSEC},
    {"stp", 1, ETHER("0026") "424203", TW_REASON_LLC},
    {"cdp", 1, ETHER("0026") "aaaa03 00000c 2000", TW_REASON_LLC},
    {"llc beyond its length", 1, ETHER("0003") SNAP("0800") IN4, TW_REASON_TRUNCATED_LINK},
    {"pppoe discovery", 1, ETHER("8863") "1109", TW_REASON_PPPOE_DISCOVERY},
    {"lcp", 9, "ff03 c021 01", TW_REASON_PPP_CONTROL},
    {"van jacobson", 9, "ff03 002d 01", TW_REASON_PPP_COMPRESSED},
    {"ppp other", 9, "ff03 002b 01", TW_REASON_PPP_OTHER},
    {"bundle fragment", 9, "ff03 003d 80000001 0021" IN4, TW_REASON_PPP_OTHER},
    {"null other", 0, "07000000", TW_REASON_OTHER_FAMILY},
    {"cooked netlink", 113, "0004 0338 0000 0000000000000000 0000", TW_REASON_OTHER_FAMILY},
    {"cooked can", 113, "0004 0118 0000 0000000000000000 000c", TW_REASON_OTHER_ETHERTYPE},
    {"beacon", 105, "8000 0000", TW_REASON_WLAN_MANAGEMENT},
    {"802.11 ack", 105, "d400 0000", TW_REASON_WLAN_CONTROL},
    {"802.11 null", 105, "4801 0000", TW_REASON_WLAN_NO_DATA},
    {"802.11 protected", 105, "0841 0000", TW_REASON_WLAN_PROTECTED},
    {"802.11 aggregate", 105,
     "8802 0000 020000000001 020000000002 020000000003 1000 8000 020000000001 020000000002 "
     "0008 aaaa03 000000 0800 0000 020000000001 020000000002 0008 aaaa03 000000 0800",
     TW_REASON_WLAN_AGGREGATE},
    {"radiotap too short", 127, "0000 0700 00000000", TW_REASON_TRUNCATED_LINK},
    {"mpls channel", 219, "00020140 10000000", TW_REASON_OTHER_ETHERTYPE},
    {"icmp quoting tcp", 101, HEAD4("01") "0301 0000 00000000" IN4, TW_REASON_UNREACHABLE},
    {"icmpv6 quoting tcp", 101, OUTER6("3a") "0100 0000 00000000" IN6, TW_REASON_UNREACHABLE},
    {"igmp", 101, HEAD4("02") "00", TW_REASON_IGMP},
    {"udp", 101, HEAD4("11") "0035 0035 UUUU 0000", TW_REASON_UDP},
    {"udp cut", 101, HEAD4("11") "0035", TW_REASON_UDP},
    {"sctp", 101, HEAD4("84") "00", TW_REASON_SCTP},
    {"esp", 101, HEAD4("32") "00", TW_REASON_ESP},
    {"l2tpv3", 101, HEAD4("73") "00", TW_REASON_TUNNEL_OTHER},
    {"ospf", 101, HEAD4("59") "00", TW_REASON_OTHER_IP_PROTOCOL},
    {"no next header", 101, OUTER6("3b"), TW_REASON_OTHER_IP_PROTOCOL},
    {"gre other", 101, HEAD4("2f") "0000 0806", TW_REASON_ARP},
    {"gre version 2", 101, HEAD4("2f") "0002 0800" IN4, TW_REASON_TUNNEL_OTHER},
    {"gre cut", 101, HEAD4("2f") "8000 0800 0000", TW_REASON_TRUNCATED_TUNNEL},
    {"pptp acknowledgement", 101, HEAD4("2f") "2081 880b 00000001 00000003",
     TW_REASON_TUNNEL_OTHER},
    {"not vxlan", 101, OVER_UDP("12b5") "00000000 00000100" ETHER("0800") IN4, TW_REASON_UDP},
    {"not geneve", 101, OVER_UDP("17c1") "4000 0800 00000100" IN4, TW_REASON_UDP},
    {"not teredo", 101, OVER_UDP("0dd8") IN4, TW_REASON_UDP},
    {"gtp-u echo", 101, OVER_UDP("0868") "3001 0000 00000001" IN4, TW_REASON_UDP},
    {"l2tp control", 101, OVER_UDP("06a5") "c802 LLLL 0001 0002 0000 0000", TW_REASON_UDP},
    {"not tzsp", 101, OVER_UDP("9090") "0200 0001 01" ETHER("0800") IN4, TW_REASON_UDP},
    {"udp in vxlan", 101, OVER_UDP("12b5") "08000000 00000100" ETHER("0800") HEAD4("11"),
     TW_REASON_UDP},
    {"arp in vxlan", 101, OVER_UDP("12b5") "08000000 00000100" ETHER("0806"), TW_REASON_ARP},
    {"later fragment", 101, "45 00 TTTT 1234 2001 40 06 0000 0a000001 0a000002" TCP,
     TW_REASON_LATER_FRAGMENT},
    {"last fragment", 101, OUTER6("2c") "0600 0008 00000001" TCP, TW_REASON_LATER_FRAGMENT},
    {"ip version", 1, ETHER("0800") IN6, TW_REASON_BAD_IP_VERSION},
    {"ipv6 version", 1, ETHER("86dd") IN4 "000000", TW_REASON_BAD_IP_VERSION},
    {"raw version", 101, "f0", TW_REASON_BAD_IP_VERSION},
    {"ip header length", 101, "44 00 TTTT 1234 4000 40 06 0000 0a000001 0a000002" TCP,
     TW_REASON_BAD_IP_HEADER_LENGTH},
    {"ip total length", 101, "45 00 0013 1234 4000 40 06 0000 0a000001 0a000002" TCP,
     TW_REASON_BAD_IP_TOTAL_LENGTH},
    {"ip options beyond", 101, "4f 00 TTTT 1234 4000 40 06 0000 0a000001 0a000002 01010101",
     TW_REASON_TRUNCATED_IP},
    {"ipv6 extension beyond", 101, OUTER6("00") "0601 0104 00000000",
     TW_REASON_TRUNCATED_EXTENSION},
    {"tcp offset", 101, HEAD4("06") FIXED("4"), TW_REASON_BAD_TCP_OFFSET},
    {"tcp beyond ip", 101, HEAD4("06") FIXED("6"), TW_REASON_TCP_BEYOND_IP},
    {"tcp short of ip", 101, "45 00 0027 1234 4000 40 06 0000 0a000001 0a000002" TCP,
     TW_REASON_TCP_BEYOND_IP},
    {"tiny fragment", 101, "45 00 001c 1234 2000 40 06 0000 0a000001 0a000002 3039 0050 01020304",
     TW_REASON_TRUNCATED_TCP},
};

static unsigned digit(char c) {
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

// Octets of `hex`, at most ROOM; returns how many.
static uint32_t build(const char *hex, uint8_t octets[ROOM]) {
    struct {
        uint32_t at, from;
    } lengths[8];
    size_t length_count = 0;
    uint32_t count = 0;
    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        assert_true(count + 2 <= ROOM);
        if (*hex >= 'A' && *hex <= 'Z') {
            assert_true(length_count < TW_COUNT(lengths));
            lengths[length_count].at = count;
            lengths[length_count++].from = *hex == 'T'   ? count - 2
                                           : *hex == 'U' ? count - 4
                                           : *hex == 'P' ? count + 36
                                                         : count + 2;
            count += 2;
            hex += 4;
        } else {
            octets[count++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
            hex += 2;
        }
    }
    for (size_t i = 0; i < length_count; i++) {
        const uint32_t length = count - lengths[i].from;
        octets[lengths[i].at] = (uint8_t)(length >> 8);
        octets[lengths[i].at + 1] = (uint8_t)length;
    }
    return count;
}

#endif

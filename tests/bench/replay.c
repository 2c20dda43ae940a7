// SPDX-License-Identifier: MIT
// Sends a capture's packets into an interface, again and again, at a rate or as fast as it goes; or
// receives as tcpdump -w /dev/null does, where that is not there.
// usage: replay send INTERFACE CAPTURE RATE SECONDS    RATE: packets a second, 0: as fast as it
// goes
//        replay floor INTERFACE BUFFER_KIB             until SIGINT
// Both print what became of it as two numbers: packets sent and microseconds, or packets received
// and dropped.
#define _GNU_SOURCE // sendmmsg
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, PACKETS_MAX = 4 << 20 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "replay: %s: %s\n", what, why);
    exit(1);
}

// --- Sending -------------------------------------------------------------------------------------

static struct iovec *packets;
static size_t packet_count;

static void load(const char *path) {
    char text[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, text);
    struct pcap_pkthdr *header;
    const u_char *octets;
    if (capture == NULL)
        fail(path, text);
    packets = malloc(PACKETS_MAX * sizeof *packets);
    while (packets != NULL && packet_count < PACKETS_MAX &&
           pcap_next_ex(capture, &header, &octets) == 1) {
        void *copy = malloc(header->caplen);
        if (copy == NULL)
            break;
        memcpy(copy, octets, header->caplen);
        packets[packet_count++] = (struct iovec){.iov_base = copy, .iov_len = header->caplen};
    }
    pcap_close(capture);
    if (packet_count == 0)
        fail(path, "no packets");
}

static int sender(const char *interface) {
    const int yes = 1, fd = socket(AF_PACKET, SOCK_RAW, 0);
    const struct sockaddr_ll to = {.sll_family = AF_PACKET,
                                   .sll_ifindex = (int)if_nametoindex(interface)};
    if (fd < 0 || to.sll_ifindex == 0 || bind(fd, (const struct sockaddr *)&to, sizeof to) != 0)
        fail(interface, strerror(errno));
    // No queue: what is sent has arrived at the other end of the pair.
    (void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
    return fd;
}

static int send_all(const char *interface, const char *path, double rate, double seconds) {
    const int fd = sender(interface);
    struct mmsghdr messages[BATCH] = {0};
    load(path);
    const double begin = now();
    uint64_t sent = 0;
    size_t at = 0;
    while (now() - begin < seconds) {
        if (rate > 0 && (double)sent / rate > now() - begin)
            continue; // spins: sleeping is too coarse
        for (size_t i = 0; i < BATCH; i++) {
            messages[i].msg_hdr.msg_iov = &packets[(at + i) % packet_count];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        const int count = sendmmsg(fd, messages, BATCH, 0);
        if (count < 0 && errno != ENOBUFS)
            fail(interface, strerror(errno));
        sent += count > 0 ? (uint64_t)count : 0;
        at = (at + (count > 0 ? (size_t)count : 0)) % packet_count;
    }
    printf("%llu %.0f\n", (unsigned long long)sent, (now() - begin) * 1e6);
    return 0;
}

// --- The floor -----------------------------------------------------------------------------------

static pcap_t *handle;
static unsigned long long received;

static void stop(int signal) {
    (void)signal;
    pcap_breakloop(handle);
}

static void dump(u_char *to, const struct pcap_pkthdr *header, const u_char *octets) {
    received++;
    pcap_dump(to, header, octets);
}

static int floor_loop(const char *interface, int buffer_kib) {
    enum { SNAPLEN = 262144, TIMEOUT_MS = 1000 }; // tcpdump's
    char text[PCAP_ERRBUF_SIZE];
    struct pcap_stat stat = {0};
    handle = pcap_create(interface, text);
    if (handle == NULL)
        fail(interface, text);
    pcap_set_snaplen(handle, SNAPLEN);
    pcap_set_promisc(handle, 1);
    pcap_set_timeout(handle, TIMEOUT_MS);
    pcap_set_buffer_size(handle, buffer_kib * 1024);
    if (pcap_activate(handle) < 0)
        fail(interface, pcap_geterr(handle));
    pcap_dumper_t *out = pcap_dump_open(handle, "/dev/null");
    const struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    if (out == NULL || pcap_loop(handle, -1, dump, (u_char *)out) == PCAP_ERROR)
        fail(interface, pcap_geterr(handle));
    pcap_stats(handle, &stat);
    printf("%llu %u\n", received, stat.ps_drop);
    pcap_dump_close(out);
    pcap_close(handle);
    return 0;
}

int main(int count, char **words) {
    if (count == 6 && strcmp(words[1], "send") == 0)
        return send_all(words[2], words[3], strtod(words[4], NULL), strtod(words[5], NULL));
    if (count == 4 && strcmp(words[1], "floor") == 0)
        return floor_loop(words[2], (int)strtol(words[3], NULL, 10));
    fprintf(stderr, "usage: replay send INTERFACE CAPTURE RATE SECONDS\n"
                    "       replay floor INTERFACE BUFFER_KIB\n");
    return 2;
}

// SPDX-License-Identifier: MIT
// Writes a capture of full-size packets: downloads of 1,000 connections that run beside each other.
// usage: bench_full_size FILE PACKETS
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECTIONS = 1000,
    ETHERNET = 14,
    IP = 20,
    TCP = 20,
    FULL = 1514,
    SYN = 2,
    ACK = 16,
    PSH = 8
};

static FILE *file;
static uint64_t microseconds = 1700000000000000;

static void put32(uint8_t *to, uint32_t value) {
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void packet(unsigned connection, int from_server, int flags, uint32_t seq, uint32_t ack,
                   uint32_t payload) {
    static uint8_t octets[FULL];
    uint8_t *ip = octets + ETHERNET, *tcp = ip + IP;
    const uint32_t length = ETHERNET + IP + TCP + payload;
    const uint32_t ends[2] = {0x0a010000 + connection, 0xc0a80001};
    const uint16_t ports[2] = {(uint16_t)(20000 + connection), 443};
    memset(octets, 0, ETHERNET + IP + TCP);
    octets[12] = 8; // IPv4
    ip[0] = 0x45;
    ip[2] = (uint8_t)((IP + TCP + payload) >> 8);
    ip[3] = (uint8_t)(IP + TCP + payload);
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, ends[from_server]);
    put32(ip + 16, ends[!from_server]);
    put32(tcp, (uint32_t)ports[from_server] << 16 | ports[!from_server]);
    put32(tcp + 4, seq);
    put32(tcp + 8, ack);
    put32(tcp + 12, 5U << 28 | (uint32_t)flags << 16 | 0xffff);
    const uint32_t header[4] = {(uint32_t)(microseconds / 1000000),
                                (uint32_t)(microseconds % 1000000), length, length};
    microseconds += 12;
    if (fwrite(header, sizeof header, 1, file) != 1 || fwrite(octets, length, 1, file) != 1) {
        perror("bench_full_size");
        exit(1);
    }
}

int main(int count, char **words) {
    const uint32_t header[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1};
    if (count != 3 || (file = fopen(words[1], "wb")) == NULL)
        return 2;
    const unsigned packets = (unsigned)strtoul(words[2], NULL, 10);
    static uint32_t sent[CONNECTIONS];
    if (fwrite(header, sizeof header, 1, file) != 1)
        return 1;
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        packet(i, 0, SYN, 0, 0, 0);
        packet(i, 1, SYN | ACK, 0, 1, 0);
        packet(i, 0, ACK, 1, 1, 0);
    }
    for (unsigned i = 0; i < packets; i++) {
        const unsigned connection = i % CONNECTIONS;
        packet(connection, 1, PSH | ACK, 1 + sent[connection], 1, FULL - ETHERNET - IP - TCP);
        sent[connection] += FULL - ETHERNET - IP - TCP;
        if (i / CONNECTIONS % 2 == 1)
            packet(connection, 0, ACK, 1, 1 + sent[connection], 0);
    }
    return fclose(file) == 0 ? 0 : 1;
}

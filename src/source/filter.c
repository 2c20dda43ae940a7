// SPDX-License-Identifier: MIT
// Filters are compiled and run by libpcap, one program for each link type.
#include "filter.h"

#include <stdlib.h>
#include <string.h>

enum { SNAPLEN = 262144 };

// Those whose number in a file is not that of this platform (libpcap's pcap-common.c).
static const struct {
    int linktype, dlt;
} renumbered[] = {
    {100, DLT_ATM_RFC1483}, {101, DLT_RAW},      {102, DLT_SLIP_BSDOS},
    {103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP}, {246, DLT_PFSYNC},
};

int tw_linktype_of_dlt(int dlt) {
    enum { LINKTYPE_RAW = 101, DLT_RAW_OPENBSD = 14, DLT_RAW_OTHER = 12 };
    if (dlt == DLT_RAW_OPENBSD || dlt == DLT_RAW_OTHER) {
        return LINKTYPE_RAW;
    }
    for (size_t i = 0; i < TW_COUNT(renumbered); i++) {
        if (renumbered[i].dlt == dlt) {
            return renumbered[i].linktype;
        }
    }
    return dlt;
}

int tw_dlt_of_linktype(int linktype) {
    for (size_t i = 0; i < TW_COUNT(renumbered); i++) {
        if (renumbered[i].linktype == linktype) {
            return renumbered[i].dlt;
        }
    }
    return linktype;
}

enum tw_status tw_filter_init(struct tw_filter *filter, const char *expression,
                              struct tw_error *error) {
    *filter = (struct tw_filter){0};
    if (expression != NULL && *expression != '\0') {
        filter->expression = strdup(expression);
        if (filter->expression == NULL) {
            return tw_fail(error, TW_MEMORY, "filter: out of memory");
        }
    }
    return TW_OK;
}

enum tw_status tw_filter_refuse(const char *expression, const char *why, struct tw_error *error) {
    return tw_fail(error, TW_USAGE, "filter \"%.200s\": %s", expression, why);
}

// Loads from where the kernel's own values stand for octets of the packet (bpf(7)'s extensions).
static bool asks_kernel(const struct bpf_program *code) {
    const bpf_u_int32 extensions = (bpf_u_int32)-0x1000; // SKF_AD_OFF
    for (unsigned i = 0; i < code->bf_len; i++) {
        if (BPF_CLASS(code->bf_insns[i].code) == BPF_LD &&
            BPF_MODE(code->bf_insns[i].code) == BPF_ABS && code->bf_insns[i].k >= extensions) {
            return true;
        }
    }
    return false;
}

// Makes `current` the program for the link type, in the place of the oldest where all are taken.
static enum tw_status compile(struct tw_filter *filter, int linktype, struct tw_error *error) {
    if (filter->count < TW_FILTER_PROGRAMS) {
        filter->current = filter->count++;
    } else {
        filter->current = filter->oldest;
        filter->oldest = (filter->oldest + 1) % TW_FILTER_PROGRAMS;
        pcap_freecode(&filter->programs[filter->current].code);
    }
    struct tw_filter_program *program = &filter->programs[filter->current];
    *program = (struct tw_filter_program){.linktype = linktype};
    pcap_t *dead = pcap_open_dead(tw_dlt_of_linktype(linktype), SNAPLEN);
    if (dead == NULL) {
        return tw_fail(error, TW_MEMORY, "filter: out of memory");
    }
    enum { OPTIMIZE = 1 };
    enum tw_status status = TW_OK;
    program->usable =
        pcap_compile(dead, &program->code, filter->expression, OPTIMIZE, PCAP_NETMASK_UNKNOWN) == 0;
    program->live = program->usable && asks_kernel(&program->code);
    if (!program->usable) {
        status = tw_filter_refuse(filter->expression, pcap_geterr(dead), error);
    }
    pcap_close(dead);
    return status;
}

static bool find(struct tw_filter *filter, int linktype) {
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->programs[i].linktype == linktype) {
            filter->current = i;
            return true;
        }
    }
    return false;
}

enum tw_status tw_filter_compile(struct tw_filter *filter, int linktype, struct tw_error *error) {
    if (filter->expression == NULL ||
        (find(filter, linktype) && filter->programs[filter->current].usable)) {
        return TW_OK;
    }
    return compile(filter, linktype, error);
}

static const struct tw_filter_program *program_for(struct tw_filter *filter,
                                                   const struct tw_packet *packet) {
    if ((filter->count == 0 || filter->programs[filter->current].linktype != packet->linktype) &&
        !find(filter, packet->linktype)) {
        (void)compile(filter, packet->linktype, NULL);
    }
    return &filter->programs[filter->current];
}

static bool matches(const struct tw_filter_program *program, const struct tw_packet *packet) {
    const struct pcap_pkthdr header = {.caplen = packet->captured, .len = packet->length};
    return pcap_offline_filter(&program->code, &header, packet->octets) != 0;
}

bool tw_filter_passes(struct tw_filter *filter, const struct tw_packet *packet) {
    if (filter->expression == NULL) {
        return true;
    }
    const struct tw_filter_program *program = program_for(filter, packet);
    return program->usable && matches(program, packet);
}

bool tw_filter_rejects(struct tw_filter *filter, const struct tw_packet *packet) {
    if (filter->expression == NULL) {
        return false;
    }
    const struct tw_filter_program *program = program_for(filter, packet);
    return program->usable && !program->live && !matches(program, packet);
}

void tw_filter_fini(struct tw_filter *filter) {
    for (size_t i = 0; i < filter->count; i++) {
        pcap_freecode(&filter->programs[i].code);
    }
    free(filter->expression);
}

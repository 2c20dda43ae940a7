// SPDX-License-Identifier: MIT
// Which connections and events are asked for; sequence numbers as they are shown.
#include "parts.h"

#include <stdlib.h>

static bool within(const struct tw_report *report, tw_time first, tw_time last) {
    const struct tw_moment *from = &report->options.from, *until = &report->options.until;
    return (!from->set || last >= from->time) && (!until->set || first <= until->time);
}

bool selects(const struct tw_report *report, uint64_t connection) {
    return (report->options.connection == 0 || report->options.connection == connection) &&
           (report->only == NULL || numbers_have(report->only, connection));
}

bool shows(const struct tw_report *report, uint64_t connection, tw_time time) {
    return selects(report, connection) && within(report, time, time);
}

static bool was_in(const struct tw_connection *connection, enum tw_state state) {
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        size_t count = tw_connection_history(connection, end, steps, TW_COUNT(steps));
        for (size_t i = 0; i < count && i < TW_COUNT(steps); i++) {
            if (steps[i].state == state) {
                return true;
            }
        }
    }
    return false;
}

bool matches(const struct tw_report *report, const struct tw_connection *connection,
             const struct tw_connection_info *info) {
    const struct tw_report_options *options = &report->options;
    return selects(report, info->number) && within(report, info->opened, info->last) &&
           (!options->has_state || was_in(connection, options->state));
}

bool numbers_add(struct numbers *numbers, uint64_t number) {
    size_t word = (size_t)(number / 64);
    if (word >= numbers->count) {
        size_t count = word * 2 + 64;
        uint64_t *words = realloc(numbers->words, count * sizeof *words);
        if (words == NULL) {
            return false;
        }
        memset(words + numbers->count, 0, (count - numbers->count) * sizeof *words);
        numbers->words = words;
        numbers->count = count;
    }
    numbers->words[word] |= UINT64_C(1) << number % 64;
    return true;
}

bool numbers_have(const struct numbers *numbers, uint64_t number) {
    size_t word = (size_t)(number / 64);
    return word < numbers->count && (numbers->words[word] >> number % 64 & 1) != 0;
}

uint32_t shown_ack(const struct tw_report *report, const struct tw_connection_info *info,
                   enum tw_end sender, uint32_t ack) {
    return report->options.absolute ? ack : ack - info->end[tw_other(sender)].initial_seq;
}

struct shown shown_numbers(const struct tw_report *report, const struct tw_connection_info *info,
                           enum tw_end sender, const struct tw_segment *segment) {
    const struct tw_end_info *me = &info->end[sender];
    struct shown shown = {segment->seq, segment->ack, segment->window};
    if (!report->options.absolute) {
        shown.seq -= me->initial_seq;
        // Without the ACK bit the field means nothing, and 0 says so (RFC 9293 3.1).
        shown.ack = segment->flags & TW_ACK ? shown_ack(report, info, sender, segment->ack) : 0;
    }
    // The window of a segment with SYN is never scaled (RFC 7323 2.2).
    if (me->scale_known && !(segment->flags & TW_SYN)) {
        shown.window <<= me->scale;
    }
    return shown;
}

const char *address_of(struct tw_report *report, const struct tw_connection_info *info,
                       enum tw_end end) {
    if (report->named != info->number) {
        for (enum tw_end e = TW_CLIENT; e < TW_END_COUNT; e++) {
            tw_address_text(info->version, &info->end[e].address, info->end[e].port,
                            report->address[e]);
        }
        report->named = info->number;
    }
    return report->address[end];
}

// SPDX-License-Identifier: MIT
// Reads again from the nearest place that was noted, merging as was done the first time.
#include "again.h"

#include <stdlib.h>
#include <string.h>

// So many packets are rather read over than sought.
enum { STRIDE = 512 };

bool tw_again_possible(const struct tw_merge *merge) {
    for (size_t i = 0; i < merge->reader_count; i++) {
        const struct tw_input *input = &merge->readers[i].input;
        if (!input->regular || !input->detected || input->unpacker != NULL) {
            return false;
        }
    }
    return true;
}

void tw_again_fini(struct tw_again *again) {
    tw_merge_fini(&again->merge);
}

// Readers of our own for the same files.
static bool prepare(struct tw_again *again, const struct tw_merge *of) {
    struct tw_merge *merge = &again->merge;
    if (merge->reader_count == of->reader_count) {
        return true;
    }
    tw_merge_fini(merge); // of a time when there was no memory
    *merge = (struct tw_merge){0};
    if (!tw_merge_init(merge, of->reader_count)) {
        return false;
    }
    while (merge->reader_count < of->reader_count) {
        const struct tw_reader *like = &of->readers[merge->reader_count];
        struct tw_reader *reader = &merge->readers[merge->reader_count];
        *reader = *like;
        reader->pcapng = (struct tw_pcapng){0};
        reader->interfaces = &merge->interfaces;
        if (!tw_input_share(&reader->input, &like->input)) {
            tw_reader_fini(reader);
            return false;
        }
        merge->reader_count++;
    }
    return true;
}

static bool restore_table(struct tw_pcapng *to, const struct tw_pcapng *table) {
    if (to->room < table->count) {
        struct tw_pcapng_interface *more = realloc(to->interfaces, table->count * sizeof *more);
        if (more == NULL) {
            return false;
        }
        to->interfaces = more;
        to->room = table->count;
    }
    if (table->count > 0) {
        memcpy(to->interfaces, table->interfaces, table->count * sizeof *table->interfaces);
    }
    to->count = table->count;
    to->block_limit = table->block_limit;
    return true;
}

// The file cannot give that packet now.
static enum tw_status lost(struct tw_error *error, const struct tw_reader *reader,
                           uint64_t number) {
    const char *why = reader->input.state == TW_SUPPLY_FAULT ? reader->input.why : NULL;
    return why != NULL
               ? tw_fail(error, TW_BROKEN, "%s: %s", reader->input.name, why)
               : tw_fail(error, TW_BROKEN, "%s: has changed since it was read; packet %llu is gone",
                         reader->input.name, (unsigned long long)number);
}

// Brings all readers to the places, each at the packet that it held.
static enum tw_status restart(struct tw_again *again, const struct tw_merge *of,
                              const struct tw_index *index, const struct tw_place *places,
                              uint64_t number, struct tw_error *error) {
    struct tw_merge *merge = &again->merge;
    merge->interfaces = places[0].interfaces;
    merge->asked = merge->reader_count;
    merge->heap_count = merge->faults = 0;
    merge->lent = false;
    for (size_t i = 0; i < merge->reader_count; i++) {
        struct tw_reader *reader = &merge->readers[i];
        const struct tw_table *table = &index->tables[places[i].table];
        reader->over = places[i].offset == TW_PLACE_OVER;
        reader->big = table->big;
        if (!restore_table(&reader->pcapng, &table->pcapng)) {
            return tw_fail(error, TW_MEMORY, "%s: out of memory", reader->input.name);
        }
        if (reader->over) {
            tw_input_seek(&reader->input, tw_input_place(&of->readers[i].input));
            continue;
        }
        tw_input_seek(&reader->input, places[i].offset);
        reader->packet.time = places[i].time; // for blocks without a time
        if (tw_reader_next(reader) != TW_GOT_PACKET || reader->packet.time != places[i].time) {
            return lost(error, reader, number);
        }
        tw_merge_hold(merge, reader);
    }
    return TW_OK;
}

// The first reader that ended where it had not the first time, or NULL.
static const struct tw_reader *astray(const struct tw_merge *merge, const struct tw_merge *of) {
    for (size_t i = 0; i < merge->reader_count; i++) {
        const struct tw_reader *reader = &merge->readers[i], *first = &of->readers[i];
        if (reader->over &&
            (!first->over || tw_input_place(&reader->input) != tw_input_place(&first->input))) {
            return reader;
        }
    }
    return NULL;
}

// On to the next packet.
static enum tw_status step(struct tw_again *again, const struct tw_merge *of, uint64_t number,
                           struct tw_packet *packet, struct tw_error *error) {
    struct tw_merge *merge = &again->merge;
    const size_t held = merge->heap_count;
    const enum tw_got got = tw_merge_next(merge, packet);
    if (TW_UNLIKELY(got != TW_GOT_PACKET || merge->heap_count != held)) {
        const struct tw_reader *reader = astray(merge, of);
        if (reader != NULL || got != TW_GOT_PACKET) {
            return lost(error, reader != NULL ? reader : &merge->readers[0], number);
        }
    }
    again->number++;
    return TW_OK;
}

// That a file was not cut, nor written over, since the first time; that it has grown is well.
static enum tw_status check(const struct tw_merge *of, uint64_t number, struct tw_error *error) {
    for (size_t i = 0; i < of->reader_count; i++) {
        const struct tw_reader *reader = &of->readers[i];
        if (tw_input_changed(&reader->input)) {
            return lost(error, reader, number);
        }
    }
    return TW_OK;
}

enum tw_status tw_again_packet(struct tw_again *again, const struct tw_index *index,
                               const struct tw_merge *merge, uint64_t number,
                               struct tw_packet *packet, struct tw_error *error) {
    uint64_t noted;
    const struct tw_place *places = tw_index_find(index, number, &noted);
    if (places == NULL) {
        return tw_fail(error, TW_UNMET, "packet %llu: cannot be found again, too many interfaces",
                       (unsigned long long)number);
    }
    if (!prepare(again, merge)) {
        return tw_fail(error, TW_MEMORY, "packet %llu: out of memory", (unsigned long long)number);
    }
    enum tw_status status = check(merge, number, error);
    if (status == TW_OK && number == again->number) {
        *packet = again->merge.heap[0]->packet;
        return TW_OK;
    }
    for (size_t i = 0; i < merge->reader_count; i++) {
        tw_input_limit(&again->merge.readers[i].input, merge->readers[i].input.octets);
    }
    if (status == TW_OK && (again->number == 0 || number < again->number ||
                            (noted > again->number && number - again->number > STRIDE))) {
        status = restart(again, merge, index, places, number, error);
        again->number = noted - 1;
    }
    while (status == TW_OK && again->number < number) {
        status = step(again, merge, number, packet, error);
    }
    if (status != TW_OK) {
        again->number = 0;
    }
    return status;
}

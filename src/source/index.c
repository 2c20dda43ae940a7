// SPDX-License-Identifier: MIT
// Notes places. When there is no room every second one is forgotten, and from then on only half as
// many are noted.
#include "index.h"

#include <stdlib.h>
#include <string.h>

enum {
    INTERVAL_FIRST = 64,
    ROOM_FIRST = 64,
    PLACES_MAX = 65536, // of all files together: 1.5 MiB
    TABLES_FIRST = 4,
    INTERFACES_MAX = 65536, // in all tables: 3.5 MiB
};

void tw_index_init(struct tw_index *index, size_t width) {
    *index =
        (struct tw_index){.due = 1, .interval = INTERVAL_FIRST, .end = UINT64_MAX, .width = width};
}

void tw_index_fini(struct tw_index *index) {
    for (size_t i = 0; i < index->table_count; i++) {
        free(index->tables[i].pcapng.interfaces);
    }
    free(index->tables);
    free(index->places);
}

// The present table of a reader's interfaces, where its last one is not that; false where there is
// no room.
static bool note_table(struct tw_index *index, const struct tw_reader *reader, size_t width_at,
                       uint32_t *number) {
    const struct tw_pcapng *now = &reader->pcapng;
    if (index->count > 0) {
        *number = index->places[(index->count - 1) * index->width + width_at].table;
        if (index->tables[*number].pcapng.changes == now->changes) {
            return true;
        }
    }
    if (now->count > INTERFACES_MAX - index->interfaces) {
        return false;
    }
    if (index->table_count == index->table_room) {
        const size_t room = index->table_room == 0 ? TABLES_FIRST : 2 * index->table_room;
        struct tw_table *more = realloc(index->tables, room * sizeof *more);
        if (more == NULL) {
            return false;
        }
        index->tables = more;
        index->table_room = room;
    }
    struct tw_table table = {.pcapng = *now, .big = reader->big};
    const size_t octets = now->count * sizeof *now->interfaces;
    table.pcapng.room = now->count;
    table.pcapng.interfaces = octets > 0 ? malloc(octets) : NULL;
    if (octets > 0 && table.pcapng.interfaces == NULL) {
        return false;
    }
    if (octets > 0) {
        memcpy(table.pcapng.interfaces, now->interfaces, octets);
    }
    index->interfaces += now->count + 1; // an empty table takes room, too
    *number = (uint32_t)index->table_count;
    index->tables[index->table_count++] = table;
    return true;
}

// Room for another packet's places; false where there is no memory.
static bool make_room(struct tw_index *index) {
    const size_t most = PLACES_MAX / index->width & ~(size_t)1;
    if (index->count == most) {
        for (size_t i = 1; i < most / 2; i++) {
            memcpy(index->places + i * index->width, index->places + 2 * i * index->width,
                   index->width * sizeof *index->places);
        }
        index->count /= 2;
        index->interval *= 2;
    }
    if (index->count == index->room) {
        size_t room = index->room == 0 ? ROOM_FIRST : 2 * index->room;
        room = room < most ? room : most;
        struct tw_place *more = realloc(index->places, room * index->width * sizeof *index->places);
        if (more == NULL) {
            return false;
        }
        index->places = more;
        index->room = room;
    }
    return true;
}

void tw_index_note(struct tw_index *index, const struct tw_merge *merge) {
    bool noted = make_room(index);
    struct tw_place *places = index->places + index->count * index->width;
    for (size_t i = 0; i < index->width && noted; i++) {
        const struct tw_reader *reader = &merge->readers[i];
        places[i] = (struct tw_place){
            .offset = reader->over ? TW_PLACE_OVER : tw_reader_place(reader),
            .time = reader->packet.time,
            .interfaces = merge->interfaces,
        };
        noted = note_table(index, reader, i, &places[i].table);
    }
    if (!noted) {
        index->end = index->due;
        index->due = 0;
        return;
    }
    index->count++;
    index->due += index->interval;
}

const struct tw_place *tw_index_find(const struct tw_index *index, uint64_t number,
                                     uint64_t *noted) {
    if (number == 0 || number >= index->end || index->count == 0) {
        return NULL;
    }
    uint64_t at = (number - 1) / index->interval;
    at = at < index->count ? at : index->count - 1;
    *noted = 1 + at * index->interval;
    return index->places + at * index->width;
}

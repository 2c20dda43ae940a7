// SPDX-License-Identifier: MIT
// Lines held for sorting. A row's key is octets that compare as the values do, so one comparison
// serves all keys.
#include "parts.h"

#include <errno.h>
#include <stdlib.h>

// What sorting may hold where nothing else is said.
#define DEFAULT_LIMIT ((size_t)2 << 30)

struct row {
    uint8_t key[19]; // IP version, address, port
    uint32_t length; // of the line
    uint64_t number; // decides between equal keys
    size_t offset;   // of the line in the text
};

bool rows_init(struct rows *rows) {
    *rows = (struct rows){.limit = DEFAULT_LIMIT};
    return out_init(&rows->text, -1);
}

void rows_fini(struct rows *rows) {
    out_fini(&rows->text);
    free(rows->row);
}

static void key_number(uint8_t key[], uint64_t number) {
    for (size_t i = 0; i < 8; i++) {
        key[i] = (uint8_t)(number >> (56 - 8 * i));
    }
}

static void key_time(uint8_t key[], tw_time time) {
    key_number(key, (uint64_t)time ^ UINT64_C(1) << 63); // the negative ones come first
}

static void key_end(uint8_t key[], const struct tw_connection_info *info, enum tw_end end) {
    key[0] = info->version;
    memcpy(key + 1, info->end[end].address.octets, sizeof info->end[end].address.octets);
    key[17] = (uint8_t)(info->end[end].port >> 8);
    key[18] = (uint8_t)info->end[end].port;
}

static void key_fill(uint8_t key[], enum tw_sort sort, const struct tw_connection_info *info) {
    const struct tw_end_info *client = &info->end[TW_CLIENT], *server = &info->end[TW_SERVER];
    switch (sort) {
    case TW_SORT_OPENED: key_time(key, info->opened); break;
    case TW_SORT_DURATION: key_time(key, info->last - info->opened); break;
    case TW_SORT_PACKETS: key_number(key, client->packets + server->packets); break;
    case TW_SORT_BYTES: key_number(key, client->bytes + server->bytes); break;
    case TW_SORT_CLIENT: key_end(key, info, TW_CLIENT); break;
    case TW_SORT_SERVER: key_end(key, info, TW_SERVER); break;
    case TW_SORT_STATE: key_number(key, (uint64_t)client->state << 8 | server->state); break;
    case TW_SORT_OUTCOME: key_number(key, info->outcome); break;
    default: break; // the number, which decides between equal keys anyway
    }
}

static int compare(const void *a, const void *b) {
    const struct row *left = a, *right = b;
    int order = memcmp(left->key, right->key, sizeof left->key);
    return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

void rows_write(struct tw_report *report) {
    struct rows *rows = &report->rows;
    if (rows->count > 0) {
        qsort(rows->row, rows->count, sizeof *rows->row, compare);
        rows->parts++;
    }
    for (size_t i = 0; i < rows->count; i++) {
        out_octets(&report->out, rows->text.data + rows->row[i].offset, rows->row[i].length);
    }
    rows->count = rows->text.used = 0;
}

static bool grow(struct rows *rows) {
    if (rows->count < rows->room) {
        return true;
    }
    size_t room = rows->room * 2 + 64;
    struct row *row = realloc(rows->row, room * sizeof *row);
    if (row == NULL) {
        return false;
    }
    rows->row = row;
    rows->room = room;
    return true;
}

int rows_add(struct tw_report *report, const struct tw_connection *connection,
             const struct tw_connection_info *info) {
    struct rows *rows = &report->rows;
    if (rows->text.used + rows->count * sizeof *rows->row >= rows->limit) {
        rows_write(report); // what comes later is sorted anew: the order is in parts
    }
    if (!grow(rows)) {
        return ENOMEM;
    }
    struct row *row = &rows->row[rows->count];
    *row = (struct row){.number = info->number, .offset = rows->text.used};
    key_fill(row->key, report->options.sort, info);
    write_connection(report, &rows->text, connection, info);
    if (rows->text.error != 0) {
        rows->count = 0; // their text is lost
        return rows->text.error;
    }
    row->length = (uint32_t)(rows->text.used - row->offset);
    rows->count++;
    return 0;
}

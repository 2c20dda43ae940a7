// SPDX-License-Identifier: MIT
// The segment at the cursor: its TCP header as RFC 9293 draws it (section 3.1), its octets.
//
//  IPv4  C 10.0.0.5 = 0a 00 00 05  S 93.184.216.34 = 5d b8 d8 22  TTL 64  id 1
//  0       4       8       12      16      20      24      28     31
//  +-------------------------------+-------------------------------+
//  | Source Port 51514 = c9 3a     | Destination Port 443 = 01 bb  | c9 3a 01 bb
//  | Sequence Number 1, on the wire 1001                           | 00 00 03 e9
//  | Acknowledgment Number 1, on the wire 5001                     | 00 00 13 89
//  | Data  |Rsrvd|a|c|e|u|A|P|r|s|f| Window 502                    | 80 18 01 f6
//  | Offset|     |e|w|c|r|C|S|s|y|i| times 128 = 64256             |
//  | 8 x 4 | 0   | |r|e|g|K|H|t|n|n|                               |
//  | Checksum 0xbd5c right         | Urgent Pointer 0              | bd 5c 00 00
//  | NOP  NOP  timestamps 7, echo 3                                |
//  +---------------------------------------------------------------+
//  header 0000 c9 3a 01 bb 00 00 03 e9 00 00 13 89 80 18 01 f6 .:..............
//  data   0000 68 65 6c 6c 6f                                  hello
#include "views.h"

#include "tcpwalk/decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BITS = 32,
    FIGURE = 2 * BITS + 1,   // its columns
    FIGURE_AT = 1,           // where it begins
    FIGURE_ROWS = 10,        // at least: ruler, border, words, the flags' names, border
    HEX_AT = FIGURE + 2,     // the words' octets beside it
    HEX_WIDTH = HEX_AT + 11, // from there on
    TALL = 24,               // from there on nothing is spared
    SEPARATORS = 4,          // borders between the words
    DUMP_LEAST = 3,          // rows that are not given away for looks
    WORD = 4,                // octets
    TEXT = 200,
};

// All that is drawn from.
struct panel {
    const struct app *app;
    struct canvas *canvas;
    struct area area;
    const struct tw_story_segment *segment;
    const struct header *header; // NULL: its octets are not there
    struct header_option options[OPTIONS_MAX];
    size_t option_count;
    bool beside; // the words' octets have room
};

// --- Words that flow from row to row

struct flow {
    struct canvas *canvas; // NULL: only measured
    struct area area;
    int x, y, rows; // at most so many
};

// The next words, kept together.
static void flow_put(struct flow *flow, const char *text, enum role role) {
    int width = canvas_text_width(text), gap = flow->x > 0 ? 2 : 0;
    if (flow->x > 0 && flow->x + gap + width > flow->area.width) {
        flow->y++;
        flow->x = gap = 0;
    }
    if (flow->y >= flow->rows)
        return;
    if (flow->canvas != NULL)
        canvas_text(flow->canvas, flow->area, flow->x + gap, flow->y, text, role);
    flow->x += gap + width;
}

static int flow_rows(const struct flow *flow) {
    int rows = flow->y + (flow->x > 0);
    return rows < flow->rows ? rows : flow->rows;
}

static void flow_format(struct flow *flow, enum role role, const char *format, ...) TW_PRINTF(3, 4);
static void flow_format(struct flow *flow, enum role role, const char *format, ...) {
    char text[TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    flow_put(flow, text, role);
}

// --- What is known

static const struct tw_end_info *end_of(const struct panel *p, enum tw_end end) {
    return &p->app->ladder.info.end[end];
}

static enum tw_end sender(const struct panel *p) {
    return (enum tw_end)p->segment->sender;
}

static uint16_t port_of(const struct panel *p, bool source) {
    if (p->header != NULL)
        return source ? p->header->segment.source_port : p->header->segment.destination_port;
    return end_of(p, source ? sender(p) : tw_other(sender(p)))->port;
}

static unsigned field(const struct panel *p, int at) {
    return (unsigned)p->header->octets[at] << 8 | p->header->octets[at + 1];
}

// "0a 00 00 05"
static const char *octets_text(const uint8_t *octets, int count, char text[TEXT]) {
    int at = 0;
    for (int i = 0; i < count; i++)
        at += snprintf(text + at, (size_t)(TEXT - at), i == 0 ? "%02x" : " %02x", octets[i]);
    return text;
}

static const char *number_octets(uint32_t number, int count, char text[TEXT]) {
    uint8_t octets[WORD];
    for (int i = 0; i < count; i++)
        octets[i] = (uint8_t)(number >> 8 * (count - 1 - i));
    return octets_text(octets, count, text);
}

// An address as people and as the wire write it.
static void put_address(struct flow *flow, const struct panel *p, bool source, bool hex) {
    enum tw_end end = source ? sender(p) : tw_other(sender(p));
    const struct tw_connection_info *info = &p->app->ladder.info;
    char text[TW_ADDRESS_TEXT], octets[TEXT];
    tw_address_text(info->version, &info->end[end].address, 0, text);
    text[strlen(text) - 2] = '\0'; // without the port
    const char *bare = text;
    if (text[0] == '[') {
        text[strlen(text) - 1] = '\0';
        bare++;
    }
    enum role role = end == TW_CLIENT ? ROLE_CLIENT : ROLE_SERVER;
    char letter = end == TW_CLIENT ? 'C' : 'S';
    octets_text(info->end[end].address.octets, info->version == 4 ? 4 : 16, octets);
    if (hex)
        flow_format(flow, role, "%c %s = %s", letter, bare, octets);
    else
        flow_format(flow, role, "%c %s", letter, bare);
}

// The line of IP, and what is around it.
static void put_ip(struct flow *flow, const struct panel *p, bool hex) {
    const uint16_t no_tag = 0xffff;
    int version = p->app->ladder.info.version;
    flow_put(flow, version == 4 ? "IPv4" : "IPv6", ROLE_FAINT);
    put_address(flow, p, true, hex);
    put_address(flow, p, false, hex);
    if (p->header == NULL)
        return;
    const struct tw_segment *s = &p->header->segment;
    if (s->notes & TW_NOTE_TUNNEL)
        flow_put(flow, _("inside a tunnel"), ROLE_WARNING);
    if (s->notes & TW_NOTE_FIRST_FRAGMENT)
        flow_put(flow, _("first of several fragments"), ROLE_WARNING);
    flow_format(flow, ROLE_TEXT, version == 4 ? "TTL %u" : _("hop limit %u"), s->ttl);
    if (version == 4)
        flow_format(flow, ROLE_TEXT, "id %u", s->ip_id);
    for (int i = 0; i < 2; i++)
        if (s->vlan[i] != no_tag)
            flow_format(flow, ROLE_TEXT, "VLAN %u", s->vlan[i]);
    const char *link = tw_linktype_name(p->header->linktype);
    if (link != NULL)
        flow_put(flow, link, ROLE_FAINT);
}

static void put_options(struct flow *flow, const struct panel *p, bool fillers) {
    for (size_t i = 0; i < p->option_count; i++)
        if (fillers || p->options[i].length > 1)
            flow_put(flow, p->options[i].text, p->options[i].malformed ? ROLE_WARNING : ROLE_TEXT);
}

// What has to be said of the packet, and why something is missing.
static void put_notes(struct flow *flow, const struct panel *p) {
    static const char *const checksums[] = {
        [CHECKSUM_RIGHT] = NULL,
        [CHECKSUM_BEGUN] = N_("checksum not judged: left to the network card (offload)"),
        [CHECKSUM_OTHER] = N_("checksum does not match: not judged, may be offload"),
        [CHECKSUM_CUT] = N_("checksum not judged: the packet was not captured whole"),
        [CHECKSUM_PIECES] = N_("checksum not judged: the rest is in other fragments"),
        [CHECKSUM_LENGTH] = N_("checksum not judged: IP says no length (offload)"),
    };
    _Static_assert(TW_COUNT(checksums) == CHECKSUM_COUNT, "every judgement has its words");
    const struct header *h = p->header;
    if (h == NULL) {
        bool asked = p->app->header.packet == p->segment->packet;
        flow_format(flow, ROLE_WARNING, _("no octets: %s"),
                    asked ? p->app->header.why : _("not read yet"));
        return;
    }
    if (h->captured < h->whole)
        flow_format(flow, ROLE_WARNING, _("%u of %u octets were captured"), (unsigned)h->captured,
                    (unsigned)h->whole);
    if (checksums[h->checksum] != NULL)
        flow_put(flow, _(checksums[h->checksum]), ROLE_FAINT);
}

static int measured(const struct panel *p, int width, int rows, int which) {
    struct flow flow = {.area = {0, 0, width, rows}, .rows = rows};
    switch (which) {
    case 0: put_ip(&flow, p, true); break;
    case 1: put_options(&flow, p, true); break;
    default: put_notes(&flow, p); break;
    }
    return flow_rows(&flow);
}

// --- The figure

// Where a word is divided: bit i of a mask is the line on the left of bit i of the word.
static const uint64_t sides = 1 | (uint64_t)1 << BITS, halves = sides | 1 << 16,
                      flags_word = sides | 1 << 4 | 0x1ff80;

static void draw_border(const struct panel *p, int y, uint64_t above, uint64_t below) {
    for (int x = 0; x < FIGURE; x++) {
        bool divides = x % 2 == 0;
        unsigned joint = (x > 0 ? JOIN_LEFT : 0U) | (x + 1 < FIGURE ? JOIN_RIGHT : 0U);
        if (divides && (above >> x / 2 & 1) != 0)
            joint |= JOIN_UP;
        if (divides && (below >> x / 2 & 1) != 0)
            joint |= JOIN_DOWN;
        canvas_put(p->canvas, p->area, FIGURE_AT + x, y, glyph_joint(p->app->ascii, joint),
                   ROLE_RULE);
    }
}

static void draw_sides(const struct panel *p, int y, uint64_t mask) {
    for (int i = 0; i <= BITS; i++)
        if ((mask >> i & 1) != 0)
            canvas_put(p->canvas, p->area, FIGURE_AT + 2 * i, y,
                       glyph_joint(p->app->ascii, JOIN_UP | JOIN_DOWN), ROLE_RULE);
}

// The octets of the word at `at`, beside it, as they are on the wire.
static void draw_beside(const struct panel *p, int y, int at) {
    char text[TEXT];
    if (p->beside && p->header != NULL && at + WORD <= (int)p->header->captured)
        canvas_text(p->canvas, p->area, FIGURE_AT + HEX_AT - 1, y,
                    octets_text(p->header->octets + at, WORD, text), ROLE_FAINT);
}

// One field: its name and its value, from bit `from` up to bit `to`.
static void draw_field(const struct panel *p, int y, int from, int to, const char *name,
                       const char *value, enum role role) {
    struct area cell = {p->area.x + FIGURE_AT + 2 * from + 1, p->area.y + y, 2 * (to - from) - 1,
                        1};
    if (y >= p->area.height)
        return;
    int x = canvas_text(p->canvas, cell, 1, 0, name, ROLE_FAINT);
    canvas_text(p->canvas, cell, x + (x > 1), 0, value, role);
}

static void draw_ruler(const struct panel *p, int y, bool both) {
    for (int bit = 0; bit < BITS; bit++) {
        char text[8];
        int x = FIGURE_AT + 2 * bit + 1;
        snprintf(text, sizeof text, "%d", both ? bit % 10 : bit);
        if (both || (bit % 4 == 0 && bit < BITS - WORD) || bit == BITS - 1)
            canvas_text(p->canvas, p->area, x, y + both, text, ROLE_FAINT);
        snprintf(text, sizeof text, "%d", bit / 10);
        if (both && bit % 10 == 0)
            canvas_text(p->canvas, p->area, x, y, text, ROLE_FAINT);
    }
}

static void draw_ports(const struct panel *p, int y) {
    char text[TEXT], octets[TEXT];
    draw_sides(p, y, halves);
    for (int half = 0; half < 2; half++) {
        uint16_t port = port_of(p, half == 0);
        bool client = (half == 0) == (sender(p) == TW_CLIENT);
        snprintf(text, sizeof text, "%u = %s", port, number_octets(port, 2, octets));
        draw_field(p, y, 16 * half, 16 * half + 16,
                   half == 0 ? _("Source Port") : _("Destination Port"), text,
                   client ? ROLE_CLIENT : ROLE_SERVER);
    }
    draw_beside(p, y, 0);
}

static void draw_numbers(const struct panel *p, int y, bool acknowledged) {
    const struct tw_story_segment *s = p->segment;
    uint32_t raw = acknowledged ? s->ack : s->seq;
    uint32_t relative =
        acknowledged ? tw_ladder_ack(&p->app->ladder, s) : tw_ladder_seq(&p->app->ladder, s);
    bool in_force = !acknowledged || (s->flags & TW_ACK) != 0;
    char text[TEXT], octets[TEXT];
    const char *name = acknowledged ? _("Acknowledgment Number") : _("Sequence Number");
    number_octets(raw, WORD, octets);
    if (in_force)
        snprintf(text, sizeof text, _("%u, on the wire %u"), (unsigned)relative, (unsigned)raw);
    else
        snprintf(text, sizeof text, _("%u, not in force: no ACK"), (unsigned)raw);
    size_t length = strlen(text);
    int width =
        2 + canvas_text_width(name) + canvas_text_width(text) + 3 + canvas_text_width(octets);
    if (!p->beside && width < FIGURE - 2)
        snprintf(text + length, sizeof text - length, " = %.11s", octets);
    draw_sides(p, y, sides);
    draw_field(p, y, 0, BITS, name, text, in_force ? ROLE_TEXT : ROLE_FAINT);
    draw_beside(p, y, acknowledged ? 8 : 4);
}

// The flags stand in their bits' columns: in capitals where they are set.
static void draw_flags(const struct panel *p, int y, int rows) {
    static const char names[][4] = {"AE ", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"};
    enum { FIRST_BIT = 7, LETTERS = 3 };
    for (int i = 0; i < (int)TW_COUNT(names); i++) {
        bool set = (p->segment->flags & TW_AE >> i) != 0;
        int x = FIGURE_AT + 2 * (FIRST_BIT + i) + 1;
        enum role role = set ? ROLE_CHOSEN : ROLE_FAINT;
        for (int row = 0; row < rows; row++) {
            char letter = row < LETTERS ? names[i][row] : set ? '1' : '0';
            if (!set && letter >= 'A')
                letter = (char)(letter + ('a' - 'A'));
            canvas_put(p->canvas, p->area, x, y + row, (uint32_t)letter, role);
        }
    }
}

static void draw_window(const struct panel *p, int y) {
    enum { WINDOW_END = 16 };
    const struct tw_end_info *end = end_of(p, sender(p));
    char text[TEXT];
    if (p->header != NULL && p->header->captured < WINDOW_END) {
        draw_field(p, y, 16, BITS, _("Window"), "?", ROLE_TEXT);
        return;
    }
    snprintf(text, sizeof text, "%u", p->segment->window);
    draw_field(p, y, 16, BITS, _("Window"), text, ROLE_TEXT);
    if (p->segment->flags & TW_SYN)
        snprintf(text, sizeof text, "%s", _("not scaled in a SYN"));
    else if (!end->scale_known)
        snprintf(text, sizeof text, "%s", _("scale not known"));
    else
        snprintf(text, sizeof text, _("times %u = %u"), 1U << (end->scale & 15),
                 (unsigned)tw_ladder_window(&p->app->ladder, p->segment));
    draw_field(p, y + 1, 16, BITS, "", text, ROLE_TEXT);
}

static void draw_control(const struct panel *p, int y, int rows) {
    char offset[TEXT] = "?", reserved[TEXT] = "?";
    if (p->header != NULL) {
        snprintf(offset, sizeof offset, "%u x 4", p->header->octets[12] >> 4);
        snprintf(reserved, sizeof reserved, "%u", p->header->octets[12] >> 1 & 7U);
    }
    for (int row = 0; row < rows; row++)
        draw_sides(p, y + row, flags_word);
    draw_field(p, y, 0, 4, _("Data"), "", ROLE_TEXT);
    draw_field(p, y + 1, 0, 4, _("Offset"), "", ROLE_TEXT);
    draw_field(p, y + 2, 0, 4, "", offset, ROLE_TEXT);
    canvas_text(p->canvas, p->area, FIGURE_AT + 9, y, _("Rsrvd"), ROLE_FAINT);
    draw_field(p, y + 2, 4, 7, "", reserved, ROLE_TEXT);
    draw_flags(p, y, rows);
    draw_window(p, y);
    draw_beside(p, y, 12);
}

static const char *checksum_text(const struct header *h, char text[TEXT], unsigned value) {
    snprintf(text, TEXT,
             h->checksum == CHECKSUM_RIGHT ? _("0x%04x right") : _("0x%04x, not judged"), value);
    return text;
}

static void draw_checksum(const struct panel *p, int y) {
    char sum[TEXT] = "?", urgent[TEXT] = "?";
    if (p->header != NULL && p->header->captured >= HEADER_FIXED) {
        checksum_text(p->header, sum, field(p, 16));
        snprintf(urgent, sizeof urgent,
                 field(p, 18) != 0 && (p->segment->flags & TW_URG) == 0 ? _("%u: no URG") : "%u",
                 field(p, 18));
    }
    draw_sides(p, y, halves);
    draw_field(p, y, 0, 16, _("Checksum"), sum, ROLE_TEXT);
    draw_field(p, y, 16, BITS, _("Urgent Pointer"), urgent,
               p->segment->flags & TW_URG ? ROLE_TEXT : ROLE_FAINT);
    draw_beside(p, y, 16);
}

// One option a row, with its octets on the right.
static void draw_option_list(const struct panel *p, int y) {
    for (size_t i = 0; i < p->option_count; i++, y++) {
        const struct header_option *option = &p->options[i];
        char octets[TEXT];
        draw_sides(p, y, sides);
        draw_field(p, y, 0, BITS, "", option->text, option->malformed ? ROLE_WARNING : ROLE_TEXT);
        octets_text(p->header->octets + option->at, option->length, octets);
        int room = FIGURE - 5 - canvas_text_width(option->text);
        struct area cell = {p->area.x, p->area.y, FIGURE_AT + FIGURE - 1, p->area.height};
        int width = canvas_text_width(octets);
        if (width <= room)
            canvas_text(p->canvas, cell, FIGURE_AT + FIGURE - 2 - width, y, octets, ROLE_FAINT);
    }
}

static void draw_option_rows(const struct panel *p, int y, int rows) {
    struct flow flow = {.canvas = p->canvas,
                        .area = {p->area.x + FIGURE_AT + 2, p->area.y + y, FIGURE - 4, rows},
                        .rows = rows};
    for (int row = 0; row < rows; row++)
        draw_sides(p, y + row, sides);
    put_options(&flow, p, true);
}

// What there is room for, from what is needed to what is pretty.
struct plan {
    int ip, options, notes;
    bool hex, list, ruler, both_rulers, bits, separated;
};

static struct plan plan_of(const struct panel *p) {
    enum { IP_ROWS = 4, OPTION_ROWS = 4 };
    int height = p->area.height, width = p->area.width - 2, list = (int)p->option_count;
    struct plan plan = {.ip = 1, .notes = measured(p, width, 2, 2)};
    plan.options = measured(p, FIGURE - 4, OPTION_ROWS, 1);
    plan.hex = height >= TALL || p->app->ladder.info.version == 4;
    if (height >= TALL)
        plan.ip = measured(p, width, IP_ROWS, 0);
    int spare = height - plan.ip - FIGURE_ROWS - plan.options - plan.notes - DUMP_LEAST;
    plan.ruler = spare + DUMP_LEAST >= 0;
    if (spare >= list - plan.options) {
        plan.list = true;
        spare -= list - plan.options;
        plan.options = list;
    }
    plan.both_rulers = spare > 0;
    plan.bits = spare > 1;
    plan.separated = spare - 2 >= SEPARATORS + 1;
    return plan;
}

static int separate(const struct panel *p, const struct plan *plan, int y, uint64_t above,
                    uint64_t below) {
    if (plan->separated)
        draw_border(p, y++, above, below);
    return y;
}

static int draw_figure(const struct panel *p, const struct plan *plan, int y) {
    int flag_rows = plan->bits ? 4 : 3;
    if (plan->ruler)
        draw_ruler(p, y, plan->both_rulers);
    y += plan->ruler + plan->both_rulers;
    draw_border(p, y++, 0, halves);
    draw_ports(p, y++);
    y = separate(p, plan, y, halves, sides);
    draw_numbers(p, y++, false);
    y = separate(p, plan, y, sides, sides);
    draw_numbers(p, y++, true);
    y = separate(p, plan, y, sides, flags_word);
    draw_control(p, y, flag_rows);
    y = separate(p, plan, y + flag_rows, flags_word, halves);
    draw_checksum(p, y++);
    uint64_t last = halves;
    if (plan->options > 0) {
        y = separate(p, plan, y, halves, sides);
        if (plan->list)
            draw_option_list(p, y);
        else
            draw_option_rows(p, y, plan->options);
        y += plan->options;
        last = sides;
    }
    draw_border(p, y++, last, 0);
    return y;
}

// From `row` on.
static void draw_octets(const struct panel *p, int row) {
    struct area area = {p->area.x, p->area.y + row, p->area.width, p->area.height - row};
    if (p->header != NULL)
        draw_dump(p->header, p->beside, p->canvas, area);
}

static void draw_whole(const struct panel *p) {
    struct plan plan = plan_of(p);
    struct area inner = {p->area.x + 1, p->area.y, p->area.width - 2, p->area.height};
    struct flow flow = {.canvas = p->canvas, .area = inner, .rows = plan.ip};
    put_ip(&flow, p, plan.hex);
    int y = draw_figure(p, &plan, plan.ip);
    struct area below = {inner.x, inner.y + y, inner.width, plan.notes};
    struct flow notes = {.canvas = p->canvas, .area = below, .rows = plan.notes};
    put_notes(&notes, p);
    draw_octets(p, y + plan.notes);
}

// --- Where there is no room for the figure: its fields, one after the other

static void put_fields(struct flow *flow, const struct panel *p) {
    const struct tw_story_segment *s = p->segment;
    const struct tw_ladder *ladder = &p->app->ladder;
    char flags[TW_FLAGS_TEXT], from[TEXT], to[TEXT];
    uint16_t source = port_of(p, true), destination = port_of(p, false);
    flow_put(flow, tw_flags_text(s->flags, flags), ROLE_CHOSEN);
    flow_format(flow, ROLE_TEXT, p->app->ascii ? "%u = %s > %u = %s" : "%u = %s \u2192 %u = %s",
                source, number_octets(source, 2, from), destination,
                number_octets(destination, 2, to));
    flow_format(flow, ROLE_TEXT, "seq %" PRIu32 " (%" PRIu32 ")", tw_ladder_seq(ladder, s), s->seq);
    if (s->flags & TW_ACK)
        flow_format(flow, ROLE_TEXT, "ack %" PRIu32 " (%" PRIu32 ")", tw_ladder_ack(ladder, s),
                    s->ack);
    flow_format(flow, ROLE_TEXT, "win %" PRIu32 " (%u)", tw_ladder_window(ladder, s), s->window);
    flow_format(flow, ROLE_TEXT, "len %" PRIu32, s->length);
    put_options(flow, p, false);
    if (p->header != NULL && p->header->captured >= HEADER_FIXED) {
        char sum[TEXT];
        flow_format(flow, ROLE_TEXT, _("checksum %.40s"),
                    checksum_text(p->header, sum, field(p, 16)));
        flow_format(flow, ROLE_TEXT, _("offset %u x 4"), p->header->octets[12] >> 4);
        flow_format(flow, ROLE_TEXT, _("urgent %u"), field(p, 18));
    }
    put_notes(flow, p);
    put_ip(flow, p, true);
}

static void draw_fields(const struct panel *p) {
    struct area inner = {p->area.x + 1, p->area.y, p->area.width - 2, p->area.height};
    int rows = p->area.height;
    if (p->header != NULL && rows > WORD) // some are for the octets
        rows -= rows / 3 > 1 ? rows / 3 : 1;
    struct flow flow = {.canvas = p->canvas, .area = inner, .rows = rows};
    put_fields(&flow, p);
    draw_octets(p, flow_rows(&flow));
}

void draw_segment(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_story_segment *segment = cursor_segment(app);
    if (segment == NULL) {
        canvas_text_wrapped(canvas, area, 1, 0, area.width - 2, area.height,
                            _("No segment has been sent yet: a step goes to the first one."),
                            ROLE_FAINT);
        return;
    }
    struct panel p = {.app = app, .canvas = canvas, .area = area, .segment = segment};
    const struct header *header = header_of(app, segment);
    if (header != NULL && header->there) {
        p.header = header;
        p.option_count =
            header_options(header, end_of(&p, tw_other(sender(&p)))->initial_seq, p.options);
    }
    bool figure = area.width >= FIGURE + FIGURE_AT && area.height > FIGURE_ROWS;
    p.beside = figure && area.width >= HEX_WIDTH;
    if (figure)
        draw_whole(&p);
    else
        draw_fields(&p);
}

// SPDX-License-Identifier: MIT
// The letters of a connection's history, each at most once an end: four bits a letter.
#include "story_record.h"

enum { LETTER_BITS = 4 }; // which of `letters`, and the sender
static const char letters[] = "SHADFRWT";
enum letter { LETTER_S, LETTER_H, LETTER_A, LETTER_D, LETTER_F, LETTER_R, LETTER_W, LETTER_T };
_Static_assert(sizeof letters - 1 == 1 << (LETTER_BITS - 1) &&
                   64 / LETTER_BITS == TW_END_COUNT * (sizeof letters - 1) &&
                   TW_STORY_LETTERS == TW_END_COUNT * (sizeof letters - 1) + 1,
               "each letter of each end has its place");

static void add_letter(struct tw_story_connection *c, enum tw_end sender, enum letter letter) {
    uint64_t code = (uint64_t)letter << 1 | sender;
    for (unsigned i = 0; i < c->letter_count; i++)
        if ((c->letters >> i * LETTER_BITS & ((1U << LETTER_BITS) - 1)) == code)
            return;
    c->letters |= code << c->letter_count * LETTER_BITS;
    c->letter_count = (c->letter_count + 1U) & 31U;
}

void story_letters_segment(struct tw_story_connection *c, enum tw_end sender,
                           const struct tw_segment *s) {
    const bool syn = (s->flags & TW_SYN) != 0, fin = (s->flags & TW_FIN) != 0,
               rst = (s->flags & TW_RST) != 0;
    if (syn)
        add_letter(c, sender, s->flags & TW_ACK ? LETTER_H : LETTER_S);
    if (s->length > 0)
        add_letter(c, sender, LETTER_D);
    else if (!syn && !fin && !rst && (s->flags & TW_ACK))
        add_letter(c, sender, LETTER_A);
    if (fin)
        add_letter(c, sender, LETTER_F);
    if (rst)
        add_letter(c, sender, LETTER_R);
    if (!syn && !fin && !rst && s->window == 0)
        add_letter(c, sender, LETTER_W);
}

void story_letters_again(struct tw_story_connection *c, enum tw_end sender) {
    add_letter(c, sender, LETTER_T);
}

const char *tw_story_letters(const struct tw_story_connection *connection,
                             char text[TW_STORY_LETTERS]) {
    unsigned count = connection->letter_count;
    for (unsigned i = 0; i < count; i++) {
        unsigned code = connection->letters >> i * LETTER_BITS & ((1U << LETTER_BITS) - 1);
        bool server = (code & 1U) == TW_SERVER;
        text[i] = (char)(letters[code >> 1] + (server ? 'a' - 'A' : 0));
    }
    text[count] = '\0';
    return text;
}

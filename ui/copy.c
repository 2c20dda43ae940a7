// SPDX-License-Identifier: MIT
// Codes a text for the terminal's clipboard.
#include "copy.h"

#include <stdlib.h>

size_t copy_fit(const char *text, size_t length) {
    enum { MORE_MASK = 0xc0, MORE = 0x80 };
    if (length <= COPY_MAX)
        return length;
    length = COPY_MAX;
    while (length > 0 && ((unsigned char)text[length] & MORE_MASK) == MORE)
        length--;
    return length;
}

char *copy_base64(const char *octets, size_t length, size_t *coded) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { GROUP = 3, CODED_GROUP = 4, BITS = 6, DIGIT = 0x3f };
    *coded = (length + GROUP - 1) / GROUP * CODED_GROUP;
    char *text = malloc(*coded + 1), *to = text;
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < length; i += GROUP) {
        size_t left = length - i;
        uint32_t group = (uint32_t)(unsigned char)octets[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)octets[i + 1] << 8 : 0;
        group |= left > 2 ? (unsigned char)octets[i + 2] : 0;
        for (size_t digit = 0; digit < CODED_GROUP; digit++)
            *to++ = digit <= left ? digits[group >> BITS * (CODED_GROUP - 1 - digit) & DIGIT] : '=';
    }
    *to = '\0';
    return text;
}

// SPDX-License-Identifier: MIT
// The user's language: looks texts up in message catalogues as GNU msgfmt writes them (GNU gettext
// manual, "The Format of GNU MO Files"). They are compiled into the program, so that they are there
// where it is not installed, in any locale and in a sandbox; gettext() of the C library looks for
// files, and for none at all where the locale is C.
#include "tcpwalk/base.h"

#include <string.h>

#include "catalogues.h" // made from src/po: the octets of each LANGUAGE.mo

enum { HEADER = 20, MAGIC = 0x950412de, ENTRY = 8 };

static const struct catalogue {
    const char *name;
    const uint8_t *octets;
    size_t size;
} catalogues[] = {{"en", NULL, 0},
#define X(name) {#name, catalogue_##name, sizeof catalogue_##name},
                  CATALOGUE_LIST(X)
#undef X
};

static const struct catalogue *chosen = &catalogues[0];

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// The string that an entry of a table is about; NULL where the catalogue does not have it whole.
static const char *string_at(size_t table, size_t index) {
    const size_t entry = table + index * ENTRY;
    if (entry > chosen->size || chosen->size - entry < ENTRY)
        return NULL;
    const uint32_t length = get32(chosen->octets + entry), at = get32(chosen->octets + entry + 4);
    if (at >= chosen->size || length >= chosen->size - at || chosen->octets[at + length] != '\0')
        return NULL;
    return (const char *)chosen->octets + at;
}

// The translation, or NULL. The entries are in order of their originals.
static const char *find(const char *english) {
    if (chosen->size < HEADER || get32(chosen->octets) != MAGIC || english[0] == '\0')
        return NULL;
    const size_t originals = get32(chosen->octets + 12), translations = get32(chosen->octets + 16);
    size_t low = 0, high = get32(chosen->octets + 8);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *original = string_at(originals, middle);
        if (original == NULL)
            return NULL;
        const int order = strcmp(english, original);
        if (order == 0)
            return string_at(translations, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *tw_text(const char *english) {
    const char *text = chosen->size > 0 ? find(english) : NULL;
    return text != NULL && text[0] != '\0' ? text : english;
}

const char *tw_texts(const char *one, const char *many, uint64_t count) {
    const char *text = chosen->size > 0 ? find(one) : NULL; // languages with one form only
    return text != NULL && text[0] != '\0' ? text : count == 1 ? one : many;
}

bool tw_language_set(const char *name) {
    const size_t length = strcspn(name, "_.@-");
    for (size_t i = 0; i < TW_COUNT(catalogues); i++)
        if (strlen(catalogues[i].name) == length && memcmp(catalogues[i].name, name, length) == 0) {
            chosen = &catalogues[i];
            return true;
        }
    return false;
}

const char *tw_language(void) {
    return chosen->name;
}

const char *tw_language_at(size_t index) {
    return index < TW_COUNT(catalogues) ? catalogues[index].name : NULL;
}

// SPDX-License-Identifier: MIT
// Chooses the language. Only LC_CTYPE is ever set: whether characters are UTF-8 is all that is
// taken from a locale, so that a language needs no locale of its own.
#include "speech.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char universal[] = "C.UTF-8"; // there, unlike others, on every system of today

static bool by_word; // the language is that of --lang

static bool is_utf8(void) {
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

// The locale's name for a category, as POSIX has it (XBD 8.2): LC_ALL, the category, LANG.
static const char *locale_name(const char *category) {
    const char *const names[] = {"LC_ALL", category, "LANG"};
    for (size_t i = 0; i < TW_COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

// "zh_CN.UTF-8" or "zh_CN.utf8", though there may be no such locale here.
static bool names_utf8(const char *locale) {
    const char *dot = strchr(locale, '.');
    return dot != NULL && (strncasecmp(dot, ".utf-8", 6) == 0 || strncasecmp(dot, ".utf8", 5) == 0);
}

// The value of --lang, or NULL. The last one counts, as for other options.
static const char *asked_for(int count, char **words) {
    static const char option[] = "--lang";
    const size_t length = sizeof option - 1;
    const char *found = NULL;
    for (int i = 1; i < count && strcmp(words[i], "--") != 0; i++) {
        if (strncmp(words[i], option, length) != 0)
            continue;
        if (words[i][length] == '=')
            found = words[i] + length + 1;
        else if (words[i][length] == '\0' && i + 1 < count)
            found = words[++i];
    }
    return found;
}

// Who asks for a language can show it, whatever the locale says.
static void speak(const char *language) {
    if (tw_language_set(language) && !is_utf8() && strcmp(tw_language(), tw_language_at(0)) != 0)
        (void)setlocale(LC_CTYPE, universal);
}

void speech_begin(int count, char **words) {
    const char *asked = asked_for(count, words);
    if (setlocale(LC_CTYPE, "") == NULL && names_utf8(locale_name("LC_CTYPE")))
        (void)setlocale(LC_CTYPE, universal);
    by_word = asked != NULL;
    if (asked != NULL) {
        speak(asked);
    } else if (is_utf8()) {
        (void)!tw_language_set(locale_name("LC_MESSAGES")); // else English
    }
}

void speech_prefer(const char *name) {
    if (!by_word)
        speak(name);
}

bool speech_known(const char *name) {
    for (size_t i = 0; tw_language_at(i) != NULL; i++)
        if (strcmp(name, tw_language_at(i)) == 0)
            return true;
    return false;
}

void speech_ascii(void) {
    (void)!tw_language_set(tw_language_at(0));
}

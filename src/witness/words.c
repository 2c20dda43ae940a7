// SPDX-License-Identifier: MIT
// Names, times and addresses as a witness's file has them. Parsing is strict: a text is taken only
// if it is what would be written for its value.
#include "file.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

const char *const end_words[TW_END_COUNT] = {[TW_CLIENT] = "client", [TW_SERVER] = "server"};
const char *const cause_words[TW_WITNESS_CAUSE_COUNT] = {
    [TW_BY_CALL] = "call", [TW_BY_LANDING] = "landing", [TW_BY_TIMER] = "timer"};
const char *const timer_words[TW_TIMER_COUNT] = {[TW_TIMER_NONE] = "none",
                                                 [TW_TIMER_RETRANSMIT] = "retransmit",
                                                 [TW_TIMER_KEEPALIVE] = "keepalive",
                                                 [TW_TIMER_TIME_WAIT] = "time-wait",
                                                 [TW_TIMER_PROBE] = "probe"};

bool text_is_plain(const char *text) {
    size_t length = 0;
    while (text[length] >= ' ' && text[length] <= '~') {
        length++;
    }
    return text[length] == '\0' && length <= TEXT_LONGEST;
}

const char *time_text(tw_time time, char text[TIME_TEXT]) {
    const time_t second = (time_t)(time / TW_SECOND);
    struct tm parts;
    if (time < 0 || gmtime_r(&second, &parts) == NULL ||
        strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &parts) == 0) {
        return time_text(0, text);
    }
    const size_t length = strlen(text);
    (void)snprintf(text + length, TIME_TEXT - length, ".%09dZ", (int)(time % TW_SECOND));
    return text;
}

// `count` digits.
static int digits(const char *text, size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool time_parse(const char *text, tw_time *time) {
    static const char shape[] = "0000-00-00T00:00:00.000000000Z";
    _Static_assert(sizeof shape == TIME_TEXT, "the shape is that of a time");
    if (strlen(text) != TIME_TEXT - 1) {
        return false;
    }
    for (size_t i = 0; i < TIME_TEXT - 1; i++) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !digit : text[i] != shape[i]) {
            return false;
        }
    }
    struct tm parts = {.tm_year = digits(text, 4) - 1900,
                       .tm_mon = digits(text + 5, 2) - 1,
                       .tm_mday = digits(text + 8, 2),
                       .tm_hour = digits(text + 11, 2),
                       .tm_min = digits(text + 14, 2),
                       .tm_sec = digits(text + 17, 2)};
    const time_t second = timegm(&parts);
    if (second < 0 || second > INT64_MAX / TW_SECOND - 1) {
        return false;
    }
    char again[TIME_TEXT]; // the 30th of February would be another day
    *time = second * TW_SECOND + digits(text + 20, 9);
    return strcmp(time_text(*time, again), text) == 0;
}

bool address_parse(const char *text, uint8_t *version, struct tw_address *address, uint16_t *port) {
    char host[TW_ADDRESS_TEXT], again[TW_ADDRESS_TEXT];
    const char *colon = strrchr(text, ':');
    const bool six = text[0] == '[';
    if (colon == NULL || colon - text >= TW_ADDRESS_TEXT || (six && colon - text < 2)) {
        return false;
    }
    const size_t length = (size_t)(colon - text) - (six ? 2 : 0); // without the brackets
    memcpy(host, text + six, length);
    host[length] = '\0';
    *version = six ? 6 : 4;
    *address = (struct tw_address){0};
    *port = 0;
    for (const char *p = colon + 1; *p >= '0' && *p <= '9'; p++) {
        *port = (uint16_t)(*port * 10 + (*p - '0'));
    }
    return inet_pton(six ? AF_INET6 : AF_INET, host, address->octets) == 1 &&
           strcmp(tw_address_text(*version, address, *port, again), text) == 0;
}

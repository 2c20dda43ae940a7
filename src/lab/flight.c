// SPDX-License-Identifier: MIT
// One segment on its way.
#include "flight.h"

#include <stdlib.h>
#include <string.h>

struct flight *flight_new(const struct flight *model, const uint8_t *octets) {
    struct flight *f = malloc(sizeof *f);
    uint8_t *own = malloc(model->shown.length);
    if (f == NULL || own == NULL) {
        free(f);
        free(own);
        return NULL;
    }
    *f = *model;
    f->shown.octets = memcpy(own, octets, model->shown.length);
    return f;
}

void flight_free(struct flight *f) {
    free(f->shown.octets);
    free(f);
}

bool flight_doomed(const struct flight *f) {
    return (f->struck & 1U << TW_FATE_DROP) != 0;
}

double flight_at(const struct flight *f, tw_time now) {
    if (f->still)
        return f->shown.at;
    if (now <= f->since)
        return f->start;
    if (now >= f->due)
        return FLIGHT_END;
    const double part = (double)(now - f->since) / (double)(f->due - f->since);
    const double at = f->start + (1 - f->start) * part;
    return at < FLIGHT_END ? at : FLIGHT_END;
}

tw_time flight_passes(const struct flight *f, double place) {
    if (f->still || place > FLIGHT_END)
        return FLIGHT_NEVER;
    if (place <= f->start)
        return f->since;
    const double part = (place - f->start) / (1 - f->start);
    return f->since + (tw_time)(part * (double)(f->due - f->since) + 0.5);
}

void flight_retime(struct flight *f, tw_time lands, tw_time now) {
    f->start = flight_at(f, now);
    f->since = flight_later(f->since, now);
    f->due = f->shown.lands = flight_later(lands, f->since);
}

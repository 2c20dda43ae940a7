// SPDX-License-Identifier: MIT
// One random socket program: connects, accepts, sends, receives, half-closes, closes, aborts and
// forgets at random, while the wire delivers at random.
#include "calls.h"

#include <stdlib.h>

const struct mode_rules *mode_rules(enum mode mode) {
    static const struct mode_rules rules[] = {
#define X(id, name, loss, demand, reached) [MODE_##id] = {name, loss, demand, reached},
        MODE_LIST(X)
#undef X
    };
    _Static_assert(TW_COUNT(rules) == MODE_COUNT, "each mode has its rules");
    return &rules[mode];
}

const char *kind_name(enum kind kind) {
    static const char *const names[KIND_COUNT] = {"server", "refused", "simopen"};
    return names[kind];
}

// --- dice

uint64_t roll(struct run *run) {
    uint64_t z = run->dice += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

size_t below(struct run *run, size_t count) {
    return (size_t)(roll(run) % count);
}

bool chance(struct run *run, double probability) {
    return (double)(roll(run) >> 11) * 0x1p-53 < probability;
}

// --- notes

bool run_fail(struct run *run, enum tw_status status, const char *format, ...) {
    if (run->status == TW_OK) {
        char why[256];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(why, sizeof why, format, arguments);
        va_end(arguments);
        run->status = tw_fail(&run->error, status, "%s", why);
    }
    return false;
}

void note_event(struct run *run, enum event_kind kind, size_t index) {
    struct program *p = run->program;
    if (p->event_count == EVENTS_MAX) {
        run_fail(run, TW_MEMORY, "more than %d events", EVENTS_MAX);
        return;
    }
    p->events[p->event_count++] = (struct event){kind, index};
}

const char *program_address(const struct program *program, size_t ports, enum tw_end end,
                            char text[TW_ADDRESS_TEXT]) {
    static const struct tw_address v4[] = {{{10, 9, 0, 1}}, {{10, 9, 0, 2}}};
    static const struct tw_address v6[] = {{{0xfd, [15] = 1}}, {{0xfd, [15] = 2}}};
    return tw_address_text((uint8_t)program->version, program->version == 4 ? &v4[end] : &v6[end],
                           end == TW_CLIENT ? program->client_ports[ports] : program->server_port,
                           text);
}

// The kernel's last word; CLOSED where it never had one.
static enum tw_state state_of(const struct program *p, size_t ports, enum tw_end end) {
    for (size_t i = p->change_count; i-- > 0;) {
        if (p->changes[i].end == end && p->changes[i].ports == ports) {
            return p->changes[i].state;
        }
    }
    return TW_CLOSED;
}

// --- steps

static void after_for(struct player *player, tw_time time) {
    struct run *run = &player->run;
    tw_time until = tw_lab_now() + time;
    while (run->status == TW_OK && tw_lab_now() < until) {
        bool happened;
        run->status = tw_lab_wait(run->lab, until, &happened, &run->error);
        absorb(run);
    }
    take_accepted(player);
    run->step++;
    snprintf(run->label, sizeof run->label, "wait");
}

// What time passes after a step: mostly none to speak of, sometimes enough for a kernel's timer.
static void after(struct player *player) {
    struct run *run = &player->run;
    static const tw_time times[] = {50, 50, 100};
    after_for(player, chance(run, 0.93) ? 4 * TW_MILLISECOND
                                        : times[below(run, TW_COUNT(times))] * TW_MILLISECOND);
}

static void wait_for(struct player *player, tw_time time) {
    snprintf(player->run.label, sizeof player->run.label, "wait");
    after_for(player, time);
}

static size_t add_ports(struct program *p, uint16_t client) {
    for (size_t i = 0; i < p->ports_count; i++) {
        if (p->client_ports[i] == client) {
            return i;
        }
    }
    p->client_ports[p->ports_count] = client;
    return p->ports_count++;
}

static uint16_t client_port(struct run *run) {
    return (uint16_t)(20000 + below(run, 40000));
}

// Another connection, in the hard mode as often as not on ports that were used before.
static void new_connection(struct player *player) {
    struct run *run = &player->run;
    struct program *p = run->program;
    size_t ports;
    if (player->connection_count == CONNECTIONS_MAX || p->ports_count == PORTS_MAX) {
        return;
    }
    if (p->mode == MODE_HARD && player->connection_count > 0 && chance(run, 0.55)) {
        ports = player->connections[below(run, player->connection_count)].ports;
    } else {
        ports = add_ports(p, client_port(run));
    }
    for (size_t i = 0; i < player->connection_count; i++) {
        const struct connection *c = &player->connections[i];
        if (c->ports == ports && c->ends[TW_CLIENT].name[0] != '\0') {
            return;
        }
    }
    struct connection *connection = &player->connections[player->connection_count];
    *connection = (struct connection){.ports = ports};
    if (begin_connect(player, connection, TW_CLIENT)) {
        player->connection_count++;
        after_for(player, 4 * TW_MILLISECOND);
    }
}

// --- the whole

// Where something can move: (end, part) in a list of at most four.
static size_t ways(const struct run *run, unsigned list[TW_END_COUNT * PART_COUNT]) {
    size_t count = 0;
    for (unsigned way = 0; way < TW_END_COUNT * PART_COUNT; way++) {
        if (run->queues[way / PART_COUNT][way % PART_COUNT].count > 0) {
            list[count++] = way;
        }
    }
    return count;
}

static void advance_any(struct player *player, const unsigned *list, size_t count) {
    struct run *run = &player->run;
    unsigned way = list[below(run, count)];
    enum tw_end from = (enum tw_end)(way / PART_COUNT);
    snprintf(run->label, sizeof run->label, "%s %s",
             way % PART_COUNT == BEFORE_TAP ? "pass" : "deliver", from == TW_CLIENT ? "A" : "B");
    advance(run, from, (enum part)(way % PART_COUNT));
    after(player);
}

// One of the open sockets; false: none is.
static bool any_socket(struct player *player, struct connection **connection, enum tw_end *end) {
    size_t open[CONNECTIONS_MAX * TW_END_COUNT], count = 0;
    for (size_t i = 0; i < player->connection_count * TW_END_COUNT; i++) {
        if (player->connections[i / TW_END_COUNT].ends[i % TW_END_COUNT].name[0] != '\0') {
            open[count++] = i;
        }
    }
    if (count > 0) {
        size_t i = open[below(&player->run, count)];
        *connection = &player->connections[i / TW_END_COUNT];
        *end = (enum tw_end)(i % TW_END_COUNT);
    }
    return count > 0;
}

// The listed number of moves, calls and connections.
static void play(struct player *player, unsigned wanted) {
    struct run *run = &player->run;
    struct program *p = run->program;
    size_t budget = 6 + below(run, 34) + 15 * (wanted - 1);
    double calling = 0.12 + 0.38 * ((double)below(run, 1000) / 1000);
    for (unsigned made = 1; budget > 0 && run->status == TW_OK; budget--) {
        unsigned list[TW_END_COUNT * PART_COUNT];
        size_t count = ways(run, list);
        struct connection *connection;
        enum tw_end end;
        if (made < wanted && chance(run, 0.12)) {
            made++;
            new_connection(player);
        } else if ((count == 0 || chance(run, calling)) && any_socket(player, &connection, &end)) {
            enum tw_state state = state_of(p, connection->ports, end);
            // Who waits for its connection mostly goes on waiting.
            if ((state == TW_SYN_SENT || state == TW_SYN_RECEIVED) && chance(run, 0.8)) {
                if (count == 0) {
                    wait_for(player, 60 * TW_MILLISECOND);
                }
            } else {
                random_call(player, connection, end);
                after(player);
            }
        } else if (count > 0) {
            advance_any(player, list, count);
        } else if (made < wanted) {
            made++;
            new_connection(player);
        } else {
            wait_for(player, 30 * TW_MILLISECOND);
        }
    }
}

// What is on its way goes on; most programs then end, the others wait for retransmissions.
static void play_out(struct player *player) {
    struct run *run = &player->run;
    enum { MOVES = 150, IDLE = 2, IDLE_LONG = 22 };
    unsigned idle = 0;
    for (unsigned i = 0; i < MOVES && run->status == TW_OK; i++) {
        unsigned list[TW_END_COUNT * PART_COUNT];
        size_t count = ways(run, list);
        if (count > 0) {
            idle = 0;
            advance_any(player, list, count);
            continue;
        }
        bool brief = run->program->mode == MODE_CLEAN || chance(run, 0.6);
        if (idle >= (brief ? IDLE : IDLE_LONG)) {
            return;
        }
        idle++;
        wait_for(player, 50 * TW_MILLISECOND);
    }
}

static void open_simultaneously(struct player *player) {
    struct run *run = &player->run;
    struct connection *connection = &player->connections[player->connection_count++];
    *connection = (struct connection){.ports = add_ports(run->program, client_port(run))};
    enum tw_end end = below(run, 2) == 0 ? TW_CLIENT : TW_SERVER;
    for (unsigned i = 0; i < TW_END_COUNT; i++, end = tw_other(end)) {
        (void)begin_connect(player, connection, end);
        after(player);
    }
}

static void play_all(struct player *player) {
    struct run *run = &player->run;
    struct program *p = run->program;
    static const unsigned several[] = {1, 2, 2, 3};
    unsigned wanted = 1;
    p->server_port = (uint16_t)(2000 + below(run, 7000));
    player->accepting = TW_LAB_NO_CALL;
    if (p->kind == KIND_SERVER) {
        begin_listen(player);
    }
    if (p->kind == KIND_SIMULTANEOUS) {
        open_simultaneously(player);
    } else {
        new_connection(player);
        wanted = p->mode == MODE_HARD ? several[below(run, TW_COUNT(several))] : 1;
    }
    play(player, wanted);
    play_out(player);
}

static void choose(struct run *run) {
    struct program *p = run->program;
    p->version = p->mode == MODE_HARD && chance(run, 0.5) ? 6 : 4;
    double kind = (double)below(run, 100) / 100;
    p->kind = kind < 0.07 ? KIND_REFUSED : kind < 0.19 ? KIND_SIMULTANEOUS : KIND_SERVER;
    p->place = (enum place)below(run, PLACE_COUNT);
}

struct program *program_run(enum mode mode, uint64_t seed, unsigned number, enum tw_status *status,
                            struct tw_error *error) {
    struct player *player = calloc(1, sizeof *player);
    struct program *p = calloc(1, sizeof *p);
    if (player == NULL || p == NULL) {
        free(player);
        free(p);
        *status = tw_fail(error, TW_MEMORY, "program: out of memory");
        return NULL;
    }
    struct run *run = &player->run;
    p->mode = mode;
    p->seed = seed;
    p->number = number;
    run->program = p;
    run->dice = (seed << 34) ^ ((uint64_t)mode << 32) ^ number;
    (void)roll(run);
    choose(run);
    const struct tw_lab_options options = {.name = "truth", .context = run, .seen = path_seen};
    run->status = tw_lab_new(&options, &run->lab, &run->error);
    if (run->status == TW_OK) {
        double tap = path_tap(p->place);
        tw_lab_version(run->lab, p->version);
        tw_lab_taps(run->lab, &tap, 1);
        for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
            tw_lab_delay(run->lab, end, TW_NO_TIME); // nothing moves by itself
        }
        play_all(player);
        tw_lab_free(run->lab);
    }
    *status = run->status;
    if (run->status != TW_OK) {
        *error = run->error;
        program_free(p);
        p = NULL;
    }
    free(player);
    return p;
}

void program_free(struct program *program) {
    if (program == NULL) {
        return;
    }
    for (size_t i = 0; i < program->captured_count; i++) {
        free(program->captured[i].octets);
    }
    free(program);
}

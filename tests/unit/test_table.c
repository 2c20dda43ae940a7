// SPDX-License-Identifier: MIT
// Proves that the flow table finds what was put into it, whatever the hashes, while it grows and
// shrinks again.
#include "src/engine/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 50000 };

static uint32_t hashes[MANY];

static uint32_t hash_of(const void *context, uint32_t id) {
    (void)context;
    return hashes[id];
}

static bool found(const struct table *t, uint32_t id) {
    struct table_cursor cursor = {table_bucket(t, hashes[id]), 0};
    uint32_t candidate;
    for (unsigned i = 0; (candidate = table_next(t, hashes[id], &cursor)) != NO_ID; i++) {
        if (candidate == id)
            return true;
        assert_true(i < MANY);
    }
    return false;
}

static void spread_evenly(void) {
    for (uint32_t i = 0; i < MANY; i++)
        hashes[i] = i * 2654435761U;
}

static void what_was_put_in_is_found(void **state) {
    (void)state;
    spread_evenly();
    struct table t;
    assert_true(table_init(&t, hash_of, NULL));
    for (uint32_t i = 0; i < MANY; i++) {
        assert_false(found(&t, i));
        assert_true(table_insert(&t, hashes[i], i));
        assert_true(found(&t, i) && found(&t, i / 2) && found(&t, 0));
    }
    for (uint32_t i = 0; i < MANY; i += 2)
        table_remove(&t, hashes[i], i);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(found(&t, i), i % 2);
    assert_int_equal(t.used, MANY / 2);
    table_fini(&t);
}

// Nobody on the wire can choose this, but it must not break either.
static void equal_hashes_are_told_apart(void **state) {
    (void)state;
    enum { SAME = 1000 };
    for (uint32_t i = 0; i < SAME; i++)
        hashes[i] = 0xdeadbeef;
    struct table t;
    assert_true(table_init(&t, hash_of, NULL));
    for (uint32_t i = 0; i < SAME; i++)
        assert_true(table_insert(&t, hashes[i], i));
    for (uint32_t i = 0; i < SAME; i++)
        assert_true(found(&t, i));
    for (uint32_t i = 0; i < SAME; i++) {
        table_remove(&t, hashes[i], i);
        assert_false(found(&t, i));
        assert_true(i + 1 == SAME || found(&t, i + 1));
    }
    table_fini(&t);
}

static void coming_and_going_does_not_grow_it(void **state) {
    (void)state;
    spread_evenly();
    struct table t;
    assert_true(table_init(&t, hash_of, NULL));
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(table_insert(&t, hashes[i], i));
    size_t before = table_memory(&t);
    for (uint32_t i = 1000; i < MANY; i++) {
        table_remove(&t, hashes[i - 1000], i - 1000);
        assert_true(table_insert(&t, hashes[i], i));
    }
    assert_true(table_memory(&t) <= before + 65536);
    table_fini(&t);
}

static void what_is_not_there_cannot_be_removed(void **state) {
    (void)state;
    spread_evenly();
    struct table t;
    assert_true(table_init(&t, hash_of, NULL));
    assert_true(table_insert(&t, hashes[1], 1));
    table_remove(&t, hashes[2], 2);
    assert_int_equal(t.used, 1);
    assert_true(found(&t, 1));
    table_fini(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_found),
        cmocka_unit_test(equal_hashes_are_told_apart),
        cmocka_unit_test(coming_and_going_does_not_grow_it),
        cmocka_unit_test(what_is_not_there_cannot_be_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

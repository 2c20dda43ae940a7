// SPDX-License-Identifier: MIT
// The mouse: a click means what the view has said of the cell, the wheel goes on and back.
#include "app.h"

#include "views/views.h"

enum { WHEEL_ROWS = 3 };

static void act_times(struct app *app, enum action action, int times) {
    for (int i = 0; i < times; i++)
        app_act(app, action);
}

// The wheel moves in rows where there are some, and else in the story.
static void turn_wheel(struct app *app, bool up) {
    unsigned context = app_context(app);
    if (context & IN_LISTS)
        act_times(app, up ? ACTION_UP : ACTION_DOWN, WHEEL_ROWS);
    else if (context & IN_STREAM)
        act_times(app, up ? ACTION_STREAM_UP : ACTION_STREAM_DOWN, WHEEL_ROWS);
    else if (context & IN_CONNECTION)
        app_act(app, up ? ACTION_STEP_BACK : ACTION_STEP);
    else
        app_act(app, up ? ACTION_FLIGHT_UP : ACTION_FLIGHT_DOWN);
}

// A click puts the cursor on the row, a second one opens it. What can be switched is switched.
static void click_row(struct app *app, const struct mouse *mouse, uint32_t row) {
    switch (app->view) {
    case VIEW_START: start_click(app, mouse, row); return;
    case VIEW_BREAKS: breaks_click(app, row); return;
    case VIEW_CONNECTION:
        if ((app_context(app) & IN_STREAM) != 0)
            stream_click(app, row);
        return;
    default: return;
    }
}

static void click(struct app *app, enum target_kind kind, uint32_t value,
                  const struct mouse *mouse) {
    bool connection = app->view == VIEW_CONNECTION;
    switch (kind) {
    case TARGET_ACTION: app_act(app, (enum action)value); break;
    case TARGET_ROW: click_row(app, mouse, value); break;
    case TARGET_SORT:
    case TARGET_CENSUS: break; // the list has them
    case TARGET_PLACE:
        if (connection)
            playback_to_place(app, value);
        break;
    case TARGET_TIME:
        if (connection)
            playback_seek(app, (double)value / TARGET_WHOLE);
        break;
    case TARGET_STATE:
        if (!connection)
            break;
        if (!app->walk.on)
            walk_act(app, ACTION_WALK);
        walk_to(app, (enum tw_state)(value % TARGET_OVER), (value & TARGET_OVER) != 0);
        break;
    case TARGET_PART:
        if (connection && has_part(app, (enum part)value))
            app->part = (enum part)value;
        break;
    case TARGET_NONE: break;
    }
}

void app_mouse(struct app *app, const struct canvas *canvas, const struct mouse *mouse) {
    if (mouse->x < 0 || mouse->y < 0 || mouse->x >= canvas->width || mouse->y >= canvas->height)
        return;
    if (app->prompt.question != ASK_NOTHING)
        return; // what is asked comes first
    app->changed = true;
    app->notice[0] = '\0';
    app->wanted = 0;
    const uint32_t target = canvas->cells[mouse->y * canvas->width + mouse->x].target;
    const enum target_kind kind = (enum target_kind)(target >> TARGET_SHIFT);
    const uint32_t value = target & ((1U << TARGET_SHIFT) - 1);
    const bool wheel = mouse->kind == MOUSE_WHEEL_UP || mouse->kind == MOUSE_WHEEL_DOWN;
    if (app->view == VIEW_CONNECTIONS && (wheel || kind != TARGET_ACTION))
        list_click(app, mouse, kind, value);
    else if (wheel)
        turn_wheel(app, mouse->kind == MOUSE_WHEEL_UP);
    else
        click(app, kind, value, mouse);
}

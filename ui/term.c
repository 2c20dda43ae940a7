// SPDX-License-Identifier: MIT
// The terminal through curses. It is left as it was found at any end: term_close on the normal
// way, and a handler that needs no curses when the program crashes.
#include "term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

static struct {
    SCREEN *screen;
    FILE *keys; // /dev/tty, where standard input is no terminal
    int in, out;
    struct termios found;
    char restore[256]; // what makes the terminal ordinary again
    size_t restore_length;
    bool colors;
    enum theme theme;
    struct canvas shown;
} term = {.in = -1, .out = -1};

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// Only what is safe in a handler; then the signal does what it would have done.
static void on_crash(int number) {
    ssize_t ignored = write(term.out, term.restore, term.restore_length);
    (void)ignored;
    tcsetattr(term.in, TCSANOW, &term.found);
    raise(number); // SA_RESETHAND: this one ends the process
}

// Keeps a capability for on_crash, without its padding.
static void remember(const char *name) {
    const char *text = tigetstr(name);
    if (text == NULL || text == (const char *)-1)
        return;
    for (; *text != '\0'; text++) {
        if (text[0] == '$' && text[1] == '<')
            while (*text != '\0' && *text != '>')
                text++;
        else if (term.restore_length < sizeof term.restore)
            term.restore[term.restore_length++] = *text;
        if (*text == '\0')
            break;
    }
}

static void catch_crashes(bool on) {
    for (size_t i = 0; i < TW_COUNT(crashes); i++) {
        struct sigaction action = {.sa_handler = on ? on_crash : SIG_DFL,
                                   .sa_flags = on ? (int)SA_RESETHAND : 0};
        sigemptyset(&action.sa_mask);
        sigaction(crashes[i], &action, NULL);
    }
}

enum tw_status term_open(struct tw_error *error) {
    if (!isatty(STDOUT_FILENO))
        return tw_fail(error, TW_OPEN, "screen: standard output is no terminal");
    FILE *in = stdin;
    if (!isatty(STDIN_FILENO)) {
        term.keys = fopen("/dev/tty", "r+e");
        if (term.keys == NULL)
            return tw_fail(error, TW_OPEN, "/dev/tty: %s", strerror(errno));
        in = term.keys;
    }
    term.in = fileno(in);
    term.out = STDOUT_FILENO;
    tcgetattr(term.in, &term.found);
    set_escdelay(25);
    term.screen = newterm(NULL, stdout, in);
    if (term.screen == NULL) {
        if (term.keys != NULL)
            fclose(term.keys);
        term.keys = NULL;
        const char *name = getenv("TERM");
        return tw_fail(error, TW_OPEN, "screen: terminal type '%s' is not known",
                       name != NULL ? name : "");
    }
    const char *move = tigetstr("cup");
    if (move == NULL || move == (const char *)-1) {
        delscreen(term.screen);
        term.screen = NULL;
        tcsetattr(term.in, TCSADRAIN, &term.found); // newterm has changed it
        if (term.keys != NULL)
            fclose(term.keys);
        term.keys = NULL;
        const char *name = getenv("TERM");
        return tw_fail(
            error, TW_OPEN,
            "screen: terminal type '%s' cannot move its cursor (tcpwalk trace needs none)",
            name != NULL ? name : "");
    }
    static const char *const capabilities[] = {"sgr0", "rmkx", "cnorm", "rmcup"};
    for (size_t i = 0; i < TW_COUNT(capabilities); i++)
        remember(capabilities[i]);
    catch_crashes(true);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    curs_set(0);
    term.colors = has_colors();
    if (term.colors) {
        start_color();
        use_default_colors();
        term.colors = COLORS >= 8 && COLOR_PAIRS > ROLE_COUNT;
    }
    return TW_OK;
}

void term_close(void) {
    if (term.screen == NULL)
        return;
    curs_set(1);
    endwin();
    delscreen(term.screen);
    term.screen = NULL;
    catch_crashes(false);
    canvas_fini(&term.shown);
    if (term.keys != NULL)
        fclose(term.keys);
    term.keys = NULL;
}

bool term_colors(void) {
    return term.colors;
}

void term_theme(enum theme theme) {
    term.theme = theme;
    if (!term.colors)
        return;
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct style *style = theme_style(theme, (enum role)role);
        init_pair((short)(role + 1), COLORS >= 256 ? style->color : style->basic, -1);
    }
}

static void show(const struct cell *cell, int x, int y) {
    const struct style *style = theme_style(term.theme, (enum role)cell->role);
    attr_t attributes = A_NORMAL;
    if (style->attributes & ATTR_BOLD)
        attributes |= A_BOLD;
    // A grey of 256 colours is dim enough.
    if ((style->attributes & ATTR_DIM) && (style->color < 0 || !term.colors || COLORS < 256))
        attributes |= A_DIM;
    if (style->attributes & ATTR_UNDERLINE)
        attributes |= A_UNDERLINE;
    if (((style->attributes & ATTR_REVERSE) != 0) != cell->highlighted)
        attributes |= A_REVERSE;
    wchar_t text[2] = {(wchar_t)cell->rune, L'\0'};
    cchar_t out;
    short pair = term.colors ? (short)(cell->role + 1) : 0;
    if (setcchar(&out, text, attributes, pair, NULL) == OK)
        mvadd_wch(y, x, &out);
}

static bool same(const struct cell *a, const struct cell *b) {
    return a->rune == b->rune && a->role == b->role && a->highlighted == b->highlighted;
}

void term_present(const struct canvas *canvas, bool anew) {
    size_t count = (size_t)canvas->width * (size_t)canvas->height;
    if (term.shown.width != canvas->width || term.shown.height != canvas->height) {
        canvas_fini(&term.shown);
        if (!canvas_init(&term.shown, canvas->width, canvas->height))
            return; // the next one may have the memory
        anew = true;
    }
    if (anew)
        clear(); // the next refresh sends everything
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            size_t at = (size_t)y * (size_t)canvas->width + (size_t)x;
            const struct cell *cell = &canvas->cells[at];
            if (cell->rune != 0 && (anew || !same(cell, &term.shown.cells[at])))
                show(cell, x, y);
        }
    memcpy(term.shown.cells, canvas->cells, count * sizeof *canvas->cells);
    refresh();
}

void term_mouse(bool on) {
    (void)on;
}

void term_copy(const char *text, size_t length) {
    (void)text;
    (void)length;
}

uint32_t term_key(struct mouse *mouse) {
    (void)mouse;
    static const struct {
        wint_t from;
        uint32_t to;
    } keys[] = {
        {KEY_UP, KEY_IS_UP},       {KEY_DOWN, KEY_IS_DOWN},       {KEY_LEFT, KEY_IS_LEFT},
        {KEY_RIGHT, KEY_IS_RIGHT}, {KEY_PPAGE, KEY_IS_PAGE_UP},   {KEY_NPAGE, KEY_IS_PAGE_DOWN},
        {KEY_HOME, KEY_IS_HOME},   {KEY_END, KEY_IS_END},         {KEY_BTAB, KEY_IS_BACK_TAB},
        {KEY_ENTER, KEY_IS_ENTER}, {KEY_BACKSPACE, KEY_IS_ERASE}, {KEY_F(1), KEY_IS_F1},
    };
    for (;;) {
        wint_t key;
        int kind = get_wch(&key);
        if (kind == ERR)
            return KEY_IS_NONE;
        if (kind == OK && (key == '\n' || key == '\r'))
            return KEY_IS_ENTER;
        if (kind == OK)
            return key == 8 ? KEY_IS_ERASE : (uint32_t)key;
        for (size_t i = 0; i < TW_COUNT(keys); i++)
            if (keys[i].from == key)
                return keys[i].to;
        // A key that means nothing here: the next one.
    }
}

int term_fd(void) {
    return term.in;
}

void term_size(int *width, int *height) {
    struct winsize size;
    if (ioctl(term.out, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0)
        resizeterm(size.ws_row, size.ws_col);
    *width = COLS;
    *height = LINES;
}

void term_leave(void) {
    curs_set(1);
    endwin();
}

void term_return(void) {
    reset_prog_mode();
    curs_set(0);
    clearok(stdscr, TRUE);
}

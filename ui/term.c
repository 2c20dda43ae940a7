// SPDX-License-Identifier: MIT
// The terminal through curses. It is left as it was found at any end: term_close on the normal
// way, and a handler that needs no curses when the program crashes.
#include "term.h"

#include "copy.h"

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
#include <time.h>
#include <unistd.h>
#include <wchar.h>

enum {
    ESC_MS = 25,     // what comes later than that behind an Esc is a key of its own
    DOUBLE_MS = 400, // between the two clicks of a double one
    CRASH_STACK = 16384,
    BASIC_COLORS = 8,
    ALL_COLORS = 256,
    // Beginnings of what the mouse sends, as keys that no keyboard has: how curses reads them
    // itself depends on the terminal's description, and that is often not what it sends.
    KEY_SGR_MOUSE = KEY_SRESET, // ESC [ < button ; column ; row M, or m
    KEY_X10_MOUSE = KEY_RESET,  // ESC [ M and three octets
    KEY_PASTE_BEGINS = KEY_REFERENCE,
    KEY_PASTE_ENDS = KEY_MESSAGE,
};
// Modes that curses does not set: what is pasted is marked; presses, releases and the wheel are
// told, in decimal.
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";

static struct {
    SCREEN *screen;
    FILE *keys; // /dev/tty, where standard input is no terminal
    int in, out;
    struct termios found;
    char restore[256]; // what makes the terminal ordinary again
    size_t restore_length;
    bool colors, own_colors; // it has colours; and knows its own, which a theme may leave
    bool mouse_known, mouse; // it has one; it is taken,
    bool pasting;            // between the marks
    bool mouse_before;       // and was, before the process stopped
    struct mouse click;      // the last one
    struct timespec clicked;
    enum theme theme;
    struct canvas shown;
} term = {.in = -1, .out = -1};

// All that end a process, but those that the loop hears itself.
static const int crashes[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGABRT, SIGQUIT, SIGTRAP,
                              SIGSYS,  SIGXCPU, SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2};

// Only what is safe in a handler; then the signal does what it would have done.
static void on_crash(int number) {
    ssize_t ignored = write(term.out, term.restore, term.restore_length);
    (void)ignored;
    tcsetattr(term.in, TCSANOW, &term.found);
    raise(number); // SA_RESETHAND: this one ends the process
}

static const char *capability(const char *name) {
    const char *text = tigetstr(name);
    return text != (const char *)-1 ? text : NULL;
}

// Keeps what on_crash sends, without the padding of a capability.
static void remember(const char *text) {
    for (; text != NULL && *text != '\0'; text++) {
        if (text[0] == '$' && text[1] == '<')
            while (*text != '\0' && *text != '>')
                text++;
        else if (term.restore_length < sizeof term.restore)
            term.restore[term.restore_length++] = *text;
        if (*text == '\0')
            break;
    }
}

// The handler has a stack of its own: the ordinary one may be what is full. What is ignored, as
// SIGXFSZ is for the files that the screen saves, stays so; afterwards all is as it was.
static void catch_crashes(bool on) {
    static char stack[CRASH_STACK];
    static struct sigaction found[TW_COUNT(crashes)];
    const stack_t own = {
        .ss_sp = stack, .ss_size = sizeof stack, .ss_flags = on ? 0 : (int)SS_DISABLE};
    sigaltstack(&own, NULL);
    for (size_t i = 0; i < TW_COUNT(crashes); i++) {
        struct sigaction action = {.sa_handler = on_crash,
                                   .sa_flags = (int)SA_RESETHAND | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        if (on)
            sigaction(crashes[i], NULL, &found[i]);
        if (found[i].sa_handler != SIG_IGN)
            sigaction(crashes[i], on ? &action : &found[i], NULL);
    }
}

// Octets that curses knows nothing of. What does not go out now (the terminal is gone) is lost.
static void send_octets(const char *octets, size_t length) {
    while (length > 0) {
        ssize_t sent = write(term.out, octets, length);
        if (sent < 0 && errno != EINTR)
            return;
        octets += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
}

static void close_keys(void) {
    if (term.keys != NULL)
        fclose(term.keys);
    term.keys = NULL;
}

static enum tw_status cannot_open(struct tw_error *error, const char *why) {
    const char *name = getenv("TERM");
    if (term.screen != NULL) {
        delscreen(term.screen);
        tcsetattr(term.in, TCSADRAIN, &term.found); // newterm has changed it
    }
    term.screen = NULL;
    close_keys();
    return tw_fail(error, TW_OPEN, why, name != NULL ? name : "");
}

static void open_colors(void) {
    term.colors = has_colors();
    if (!term.colors)
        return;
    start_color();
    term.own_colors = use_default_colors() == OK;
    term.colors = COLORS >= BASIC_COLORS && COLOR_PAIRS > ROLE_COUNT;
}

static void open_mouse(void) {
    term.mouse = false;
    term.mouse_known = capability("kmous") != NULL;
    if (!term.mouse_known)
        return;
    define_key("\033[<", KEY_SGR_MOUSE);
    define_key("\033[M", KEY_X10_MOUSE);
    define_key("\033[200~", KEY_PASTE_BEGINS);
    define_key("\033[201~", KEY_PASTE_ENDS);
}

// Terminals that know a mouse know these modes, or pass over them.
static void mark_paste(bool on) {
    term.pasting = false;
    if (term.mouse_known)
        send_octets(on ? paste_on : paste_off, strlen(on ? paste_on : paste_off));
}

// For the shell: its cursor, nothing marked, no mouse.
static void give_back(void) {
    term.mouse_before = term.mouse;
    term.mouse = false;
    if (term.mouse_before)
        send_octets(mouse_off, strlen(mouse_off));
    mark_paste(false);
    curs_set(1);
    endwin();
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
    set_escdelay(ESC_MS);
    term.screen = newterm(NULL, stdout, in);
    if (term.screen == NULL)
        return cannot_open(error, N_("screen: terminal type '%s' is not known"));
    if (capability("cup") == NULL)
        return cannot_open(error, N_("screen: terminal type '%s' cannot move its cursor (tcpwalk "
                                     "trace needs none)"));
    open_mouse();
    static const char *const capabilities[] = {"sgr0", "rmkx", "cnorm", "rmcup"};
    term.restore_length = 0;
    if (term.mouse_known) {
        remember(mouse_off);
        remember(paste_off);
    }
    for (size_t i = 0; i < TW_COUNT(capabilities); i++)
        remember(capability(capabilities[i]));
    catch_crashes(true);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    curs_set(0);
    mark_paste(true);
    open_colors();
    return TW_OK;
}

void term_close(void) {
    if (term.screen == NULL)
        return;
    give_back();
    delscreen(term.screen);
    term.screen = NULL;
    catch_crashes(false);
    canvas_fini(&term.shown);
    close_keys();
}

bool term_colors(void) {
    return term.colors;
}

void term_theme(enum theme theme) {
    term.theme = theme;
    if (!term.colors)
        return;
    // A terminal that does not know its own colours gets those that the theme is made for.
    bool light = theme_is_light(theme);
    short own = (short)(light ? COLOR_BLACK : COLOR_WHITE);
    short ground = (short)(term.own_colors ? -1 : light ? COLOR_WHITE : COLOR_BLACK);
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct style *style = theme_style(theme, (enum role)role);
        short color = COLORS >= ALL_COLORS ? style->color : style->basic;
        if (color < 0 && !term.own_colors)
            color = own;
        init_pair((short)(role + 1), color, ground);
    }
}

// A character that this system's library measures otherwise (or not at all: it is newer, or not of
// the locale) would push all that is right of it aside.
static void write_rune(uint32_t rune, attr_t attributes, short pair, int x, int y) {
    int width = canvas_rune_width(rune);
    bool known = wcwidth((wchar_t)rune) == width;
    wchar_t text[2] = {known ? (wchar_t)rune : L'?', L'\0'};
    cchar_t out;
    if (setcchar(&out, text, attributes, pair, NULL) == OK)
        mvadd_wch(y, x, &out);
    if (width == 2 && !known)
        write_rune(' ', attributes, pair, x + 1, y);
}

static void show(const struct cell *cell, int x, int y) {
    const struct style *style = theme_style(term.theme, (enum role)cell->role);
    attr_t attributes = A_NORMAL;
    if (style->attributes & ATTR_BOLD)
        attributes |= A_BOLD;
    // A grey of 256 colours is dim enough.
    if ((style->attributes & ATTR_DIM) && (style->color < 0 || !term.colors || COLORS < ALL_COLORS))
        attributes |= A_DIM;
    if (style->attributes & ATTR_UNDERLINE)
        attributes |= A_UNDERLINE;
    if (((style->attributes & ATTR_REVERSE) != 0) != cell->highlighted)
        attributes |= A_REVERSE;
    write_rune(cell->rune, attributes, term.colors ? (short)(cell->role + 1) : (short)0, x, y);
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

bool term_mouse(bool on) {
    if (on != term.mouse && term.mouse_known) {
        send_octets(on ? mouse_on : mouse_off, strlen(on ? mouse_on : mouse_off));
        term.mouse = on;
    }
    return term.mouse == on;
}

size_t term_copy(const char *text, size_t length) {
    static const char begin[] = "\033]52;c;", end[] = "\a";
    size_t octets = copy_fit(text, length), coded;
    char *base64 = copy_base64(text, octets, &coded);
    if (base64 == NULL)
        return 0;
    send_octets(begin, sizeof begin - 1);
    send_octets(base64, coded);
    send_octets(end, sizeof end - 1);
    free(base64);
    return octets;
}

// --- Keys

static bool soon_after(const struct timespec *before, const struct timespec *now) {
    return (now->tv_sec - before->tv_sec) * 1000 + (now->tv_nsec - before->tv_nsec) / 1000000 <=
           DOUBLE_MS;
}

// A button went down, or the wheel was turned; false: what happened means nothing.
static bool take_mouse(unsigned button, int x, int y, struct mouse *mouse) {
    enum { BUTTON = 0xe3, WHEEL_UP = 64, WHEEL_DOWN = 65 }; // without Shift, Alt, Ctrl
    mouse->x = x;
    mouse->y = y;
    switch (button & BUTTON) {
    case 0: mouse->kind = MOUSE_PRESS; break;
    case WHEEL_UP: mouse->kind = MOUSE_WHEEL_UP; return true;
    case WHEEL_DOWN: mouse->kind = MOUSE_WHEEL_DOWN; return true;
    default: return false;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (term.click.kind == MOUSE_PRESS && term.click.x == x && term.click.y == y &&
        term.clicked.tv_sec != 0 && soon_after(&term.clicked, &now))
        mouse->kind = MOUSE_DOUBLE;
    term.click = *mouse;
    term.clicked = now;
    return true;
}

// The rest of "ESC [ < 0 ; 10 ; 5 M"; all of it is taken, also when it is none.
static bool read_sgr_mouse(struct mouse *mouse) {
    enum { MOST = 10000 };
    unsigned numbers[3] = {0}; // button, column, row
    size_t at = 0;
    wint_t key = 0;
    timeout(ESC_MS); // it comes in one piece, or in two
    while (get_wch(&key) == OK && (key == ';' || (key >= '0' && key <= '9')))
        if (key == ';')
            at++;
        else if (at < TW_COUNT(numbers) && numbers[at] < MOST)
            numbers[at] = numbers[at] * 10 + (unsigned)(key - '0');
    nodelay(stdscr, TRUE);
    return key == 'M' && at + 1 == TW_COUNT(numbers) && numbers[1] > 0 && numbers[2] > 0 &&
           take_mouse(numbers[0], (int)numbers[1] - 1, (int)numbers[2] - 1, mouse);
}

// The older form, of a terminal that does not know the other one.
static bool read_x10_mouse(struct mouse *mouse) {
    enum { OFFSET = 32 };
    int octets[3];
    timeout(ESC_MS);
    for (size_t i = 0; i < TW_COUNT(octets); i++)
        octets[i] = getch();
    nodelay(stdscr, TRUE);
    return octets[0] >= OFFSET && octets[1] > OFFSET && octets[2] > OFFSET &&
           take_mouse((unsigned)(octets[0] - OFFSET), octets[1] - OFFSET - 1,
                      octets[2] - OFFSET - 1, mouse);
}

static uint32_t character(wint_t key) {
    return key == '\n' || key == '\r' ? KEY_IS_ENTER : key == '\b' ? KEY_IS_ERASE : (uint32_t)key;
}

// The rest of a sequence that stands for a key which curses does not know. False: there is none,
// what began like one was the key alone.
static bool skip_sequence(wint_t introducer) {
    wint_t key;
    int kind = get_wch(&key);
    if (kind == KEY_CODE_YES)
        ungetch((int)key);
    if (kind != OK)
        return false;
    if (introducer == '[')
        while (key >= 0x20 && key < 0x40 && get_wch(&key) == OK)
            ;
    return true;
}

// What came with an Esc right before it was typed with Alt; an Esc alone is the key Esc. NONE: it
// was a key that means nothing here.
static uint32_t behind_esc(void) {
    wint_t key;
    int kind = get_wch(&key);
    if (kind == OK && (key == '[' || key == 'O') && skip_sequence(key))
        return KEY_IS_NONE;
    if (kind == OK && key > ' ' && key < KEY_IS_UP)
        return character(key) | KEY_WITH_ALT;
    if (kind == OK)
        unget_wch((wchar_t)key);
    else if (kind == KEY_CODE_YES)
        ungetch((int)key);
    return KEY_IS_ESC;
}

static uint32_t named(wint_t code) {
    static const struct {
        wint_t from;
        uint32_t to;
    } keys[] = {
        {KEY_UP, KEY_IS_UP},       {KEY_DOWN, KEY_IS_DOWN},       {KEY_LEFT, KEY_IS_LEFT},
        {KEY_RIGHT, KEY_IS_RIGHT}, {KEY_PPAGE, KEY_IS_PAGE_UP},   {KEY_NPAGE, KEY_IS_PAGE_DOWN},
        {KEY_HOME, KEY_IS_HOME},   {KEY_END, KEY_IS_END},         {KEY_BTAB, KEY_IS_BACK_TAB},
        {KEY_ENTER, KEY_IS_ENTER}, {KEY_BACKSPACE, KEY_IS_ERASE}, {KEY_IC, KEY_IS_INSERT},
        {KEY_DC, KEY_IS_DELETE},
    };
    if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12))
        return KEY_IS_F1 + (uint32_t)(code - (wint_t)KEY_F(1));
    for (size_t i = 0; i < TW_COUNT(keys); i++)
        if (keys[i].from == code)
            return keys[i].to;
    return KEY_IS_NONE;
}

// What curses has a code for; KEY_IS_NONE: it means nothing here.
static uint32_t coded(wint_t code, struct mouse *mouse) {
    switch (code) {
    case KEY_SGR_MOUSE: return read_sgr_mouse(mouse) ? KEY_IS_MOUSE : KEY_IS_NONE;
    case KEY_X10_MOUSE: return read_x10_mouse(mouse) ? KEY_IS_MOUSE : KEY_IS_NONE;
    case KEY_PASTE_BEGINS: term.pasting = true; return KEY_IS_NONE;
    case KEY_PASTE_ENDS: term.pasting = false; return KEY_IS_NONE;
    default: return term.pasting ? KEY_IS_NONE : named(code);
    }
}

uint32_t term_key(struct mouse *mouse) {
    for (;;) {
        wint_t key;
        int kind = get_wch(&key);
        if (kind == ERR)
            return KEY_IS_NONE;
        uint32_t meant = kind == KEY_CODE_YES                 ? coded(key, mouse)
                         : key == KEY_IS_ESC && !term.pasting ? behind_esc()
                                                              : character(key);
        if (meant != KEY_IS_NONE && term.pasting && kind == OK)
            return meant < ' ' ? ' ' | KEY_PASTED : meant | KEY_PASTED;
        if (meant != KEY_IS_NONE)
            return meant;
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
    give_back();
}

void term_return(void) {
    reset_prog_mode();
    curs_set(0);
    mark_paste(true);
    if (!term_mouse(term.mouse_before))
        term.mouse_before = false;
    clearok(stdscr, TRUE);
}

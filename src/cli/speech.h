// SPDX-License-Identifier: MIT
// In which language the program speaks, and whether the terminal can show it.
#ifndef TCPWALK_CLI_SPEECH_H
#define TCPWALK_CLI_SPEECH_H

#include "tcpwalk/base.h"

// Sets LC_CTYPE, and the language: that of --lang or --lang=, which is looked for before anything
// else so that errors in what follows it are told in it, too; else the locale's, where that is
// UTF-8. Numbers keep the C locale.
void speech_begin(int count, char **words);
// A language that is not the locale's was asked for elsewhere; --lang goes before it.
void speech_prefer(const char *name);
// As --lang says it; false: there is no such language.
bool speech_known(const char *name) TW_CHECKED;
// Only ASCII is wanted: that is English, whatever else was asked for.
void speech_ascii(void);

#endif

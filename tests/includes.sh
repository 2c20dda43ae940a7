#!/bin/sh
# Who may include whom: base < segment < {decode, state < endpoint < connection < tracker, story}
# < witness < {picture, report, ui} < cli; beside them kernel < lab, of which witness and screen take
# what is data. Also: pcap.h only in src/source, curses.h only in ui/term.c, jansson.h only in
# src/witness, libmnl only in src/kernel and src/lab, seccomp.h only in src/guard, and an engine that
# neither prints nor reads a clock.
set -u
cd "$(dirname "$0")/.." || exit 1
found=0

complain() {
    echo "$1"
    found=1
}

# room PATHS ALLOWED: files there include only those public headers (an extended regular expression).
room() {
    # shellcheck disable=SC2086 # a list of paths
    bad=$(grep -rnE '#include *[<"]tcpwalk/' $1 2>/dev/null | grep -vE "tcpwalk/($2)\.h") && complain "$bad"
}

below='base|segment|errnos'
model="$below|state|connection|tracker"
room include/tcpwalk/segment.h "base"
room "include/tcpwalk/decode.h include/tcpwalk/source.h include/tcpwalk/state.h" "$below"
room include/tcpwalk/recorder.h "source"
room include/tcpwalk/connection.h "$below|state"
room include/tcpwalk/tracker.h "$below|state|connection"
room include/tcpwalk/story.h "$model"
room include/tcpwalk/witness.h "$model|kernel"
room include/tcpwalk/kernel.h "$below|state"
room include/tcpwalk/lab.h "kernel|witness"
room include/tcpwalk/picture.h "$model|story|witness"
room include/tcpwalk/report.h "$model|decode|witness"
room src/base "$below"
room src/engine "$model|decode|story"
room src/source "base|source|recorder"
room include/tcpwalk/guard.h "base"
room src/guard "base|guard"
room src/witness "$model|kernel|witness"
room src/kernel "$below|state|kernel"
room src/lab "$model|decode|kernel|witness|lab"
room src/picture "$model|story|witness|picture"
room src/report "$model|decode|witness|report"
room ui "$model|story|decode|picture|source|witness|kernel|lab"

# private PATH OTHERS: files there include nothing private of other rooms.
private() {
    bad=$(grep -rnE "#include *\"(\.\./|src/)?($2)/" "$1" 2>/dev/null) && complain "$bad"
}
private src/base 'guard|engine|source|witness|kernel|lab|report|picture|cli|ui'
private src/engine 'guard|source|witness|kernel|lab|report|picture|cli|ui'
private src/source 'guard|engine|witness|kernel|lab|report|picture|cli|ui'
private src/guard 'engine|source|witness|kernel|lab|report|picture|cli|ui'
private src/witness 'guard|engine|source|kernel|lab|report|picture|cli|ui'
private src/kernel 'guard|engine|source|witness|lab|report|picture|cli|ui'
private src/lab 'guard|engine|source|witness|kernel|report|picture|cli|ui'
private src/picture 'guard|engine|source|witness|kernel|lab|report|cli|ui'
private src/report 'guard|engine|source|witness|kernel|lab|picture|cli|ui'
private ui 'guard|engine|source|witness|kernel|lab|report|picture|cli'
private src/cli 'guard|engine|source|witness|kernel|lab|report|picture'

bad=$(grep -rnE '#include *[<"](pcap|pcap/.*)\.h' src ui include 2>/dev/null | grep -v '^src/source/') &&
    complain "$bad"
bad=$(grep -rnE '#include *[<"](n?curses|ncursesw?/.*)\.h' src ui include 2>/dev/null | grep -v '^ui/term\.c:') &&
    complain "$bad"
bad=$(grep -rnE '#include *[<"]jansson\.h' src ui include 2>/dev/null | grep -v '^src/witness/') &&
    complain "$bad"
bad=$(grep -rnE '#include *[<"]libmnl/' src ui include 2>/dev/null | grep -vE '^src/(kernel|lab)/') &&
    complain "$bad"
bad=$(grep -rnE '#include *[<"]seccomp\.h' src ui include 2>/dev/null | grep -v '^src/guard/') &&
    complain "$bad"
bad=$(grep -rnE '\b(f?printf|puts|fputs|putchar|fwrite|fopen|write|clock_gettime|gettimeofday|time|clock)\(' \
    src/engine --include='*.[ch]' | grep -vE ':[0-9]+: *(//|\*)|->(time|clock|write)\(|_(time|clock|write)\(') &&
    complain "$bad"
bad=$(grep -rnE '\b(sprintf|strcpy|strcat|atoi|strtok|alloca|gets)\(' src ui include --include='*.[ch]') &&
    complain "$bad"
bad=$(grep -rnE '\bexit\(|\blongjmp\(' src ui --include='*.[ch]' | grep -v '^src/cli/main\.c:') &&
    complain "$bad"

[ "$found" -eq 0 ] && echo "every room includes only what it may"
exit "$found"

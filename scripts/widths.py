#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes ui/widths.h, the columns of characters, of the Unicode Character Database.

usage: widths.py [FOLDER] >ui/widths.h    FOLDER has UnicodeData.txt and EastAsianWidth.txt
                                          (Debian: unicode-data)
"""
import sys

LAST = 0x10FFFF
NEVER, COMBINES, ORDINARY, WIDE = -1, 0, 1, 2
# Controls, what formats (turns the writing around, joins, is not seen), separators of lines and
# paragraphs, surrogates, private use. What is not in the database is not assigned: never, too.
NEVER_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}
# Vowels and final consonants that terminals join to the Hangul syllable before them.
JAMO = [(0x1160, 0x11FF), (0xD7B0, 0xD7C6), (0xD7CB, 0xD7FB)]


def read(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            text = line.split("#")[0].strip()
            if text:
                yield [field.strip() for field in text.split(";")]


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
    widths = [NEVER] * (LAST + 1)
    first = None
    for code, name, category, *_ in read(f"{folder}/UnicodeData.txt"):
        at = int(code, 16)
        if name.endswith(", First>"):
            first = at
            continue
        begin, first = (first if name.endswith(", Last>") else at), None
        for rune in range(begin, at + 1):
            if category not in NEVER_CATEGORIES:
                widths[rune] = COMBINES if category in ("Mn", "Me") else ORDINARY
    for codes, width, *_ in read(f"{folder}/EastAsianWidth.txt"):
        ends = [int(code, 16) for code in codes.split("..")]
        for rune in range(ends[0], ends[-1] + 1):
            if width in ("W", "F") and widths[rune] == ORDINARY:
                widths[rune] = WIDE
    for begin, end in JAMO:
        for rune in range(begin, end + 1):
            if widths[rune] == ORDINARY:
                widths[rune] = COMBINES

    with open(f"{folder}/EastAsianWidth.txt", encoding="utf-8") as file:
        version = file.readline().strip("# \n").removeprefix("EastAsianWidth-").removesuffix(".txt")
    print("// SPDX-License-Identifier: MIT")
    print("// Columns of characters that do not take one, in order: 0 combines, -1 is never drawn.")
    print(f"// Made by scripts/widths.py of the Unicode Character Database {version}.")
    print("// clang-format off")
    at, rows = 0, []
    while at <= LAST:
        end = at
        while end < LAST and widths[end + 1] == widths[at]:
            end += 1
        if widths[at] != ORDINARY:
            rows.append(f"{{0x{at:04x}, 0x{end:04x}, {widths[at]}}},")
        at = end + 1
    line = ""
    for row in rows:
        if len(line) + len(row) + 1 > 100:
            print(line)
            line = ""
        line = f"{line} {row}" if line else row
    print(line)


main()

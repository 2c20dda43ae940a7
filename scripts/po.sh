#!/bin/sh
# The translations against the texts of the program, which are looked for in the sources and in the
# catalogue of the stored captures.
# usage: po.sh check     fails where a text lacks its translation, or a translation its text
#        po.sh update    brings src/po/*.po in step; what is new is left empty there
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C.UTF-8
command -v xgettext >/dev/null 2>&1 || { echo "xgettext is not there (Debian: gettext)"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Titles of the stored captures and what they teach.
awk -F '\t' '!/^#/ { gsub(/["\\]/, "\\\\&"); printf "_(\"%s\")\n_(\"%s\")\n", $2, $3 }' \
    captures/catalogue.tsv >"$work/catalogue.c"
# shellcheck disable=SC2046 # file names without blanks
xgettext --language=C --from-code=UTF-8 --sort-by-file --add-comments=Translators: \
    --keyword=_ --keyword=N_ --keyword=n_:1,2 --keyword=tw_fail:3 --keyword=go:4 --keyword=stay:2 \
    --package-name=tcpwalk --output="$work/tcpwalk.pot" \
    $(find include src ui -name '*.[ch]' | LC_ALL=C sort) "$work/catalogue.c" || exit 1
sed -i "s|$work/catalogue.c|captures/catalogue.tsv|" "$work/tcpwalk.pot"

status=0
for po in src/po/*.po; do
    case ${1:-} in
    update) msgmerge --quiet --update --backup=none --no-fuzzy-matching --sort-by-file "$po" "$work/tcpwalk.pot" &&
        msgattrib --no-obsolete --sort-by-file --no-wrap --no-location -o "$po" "$po" || status=1 ;;
    check)
        # Numbers of a fixed width in formats would be looked up by another name.
        grep -n '<PRI' "$po" && status=1
        msgfmt --check --output-file="$work/mo" "$po" || status=1
        msgcmp "$po" "$work/tcpwalk.pot" || status=1
        msgattrib --no-fuzzy --translated --no-wrap "$po" >"$work/have.po"
        msgcomm --more-than=1 --no-wrap "$work/have.po" "$work/tcpwalk.pot" >"$work/both.po"
        [ "$(grep -c '^msgid ' "$work/both.po")" -eq "$(grep -c '^msgid ' "$work/have.po")" ] ||
            { echo "$po: has texts that the program does not have"; status=1; } ;;
    *) echo "usage: po.sh check|update" >&2; exit 2 ;;
    esac
done
exit $status

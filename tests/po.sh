#!/bin/sh
# scripts/po.sh itself, on a program of two texts and a catalogue of one capture: what it must
# refuse, and that what `update` makes has all texts.
set -u
script=$(cd "$(dirname "$0")/../scripts" && pwd)/po.sh
command -v xgettext >/dev/null 2>&1 || exit 77
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
mkdir -p scripts captures include ui src/po && cp "$script" scripts || exit 1
printf '# name\ttitle\twhat it teaches\nx\tA title\tIt "teaches"\t3\n' >captures/catalogue.tsv
cat >src/a.c <<'END'
int a(void) { return printf(_("one text")) + printf(n_("%llu packet", "%llu packets", 2), 2ULL); }
END
po=src/po/xx.po
cat >$po <<'END'
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"
END

# check STATUS WHAT: the check of the translations as they are ends so.
check() {
    scripts/po.sh check >log 2>&1
    got=$?
    [ $got -eq "$1" ] || { echo "$2: $got, not $1"; cat log; exit 1; }
}

check 1 'no translations'
scripts/po.sh update >log 2>&1 || { echo 'update fails'; cat log; exit 1; }
for text in 'A title' 'It \\"teaches\\"' 'one text' '%llu packet'; do
    grep -q "^msgid \"$text\"" $po || { echo "$text: not found"; cat $po; exit 1; }
done
check 1 'empty translations'
awk 'NR > 2 { sub(/^msgstr ""$/, "msgstr \"x\""); sub(/^msgstr\[0\] ""$/, "msgstr[0] \"%llu x\"") } 1' $po >whole
cp whole $po
check 0 'all translated'
sed '/^msgid "A title"/,/^msgstr/d' whole >$po
check 1 'one without translation'
sed 's/^msgid "one text"/#, fuzzy\n&/' whole >$po
check 1 'a fuzzy one'
sed 's/%llu x/%s x/' whole >$po
check 1 'another format'
{ cat whole; printf '\nmsgid "gone"\nmsgstr "y"\n'; } >$po
check 1 'one without text'
scripts/po.sh update >log 2>&1 || { echo 'update fails'; cat log; exit 1; }
check 0 'updated'
sed 's/%llu/%<PRIu64>/g' whole >$po
check 1 'a number of fixed width'
scripts/po.sh nonsense >log 2>&1 && { echo 'nonsense is done'; exit 1; }
echo 'translations are checked'

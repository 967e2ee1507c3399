#!/usr/bin/env bash
# Style that a compiler does not hold: length of files and functions, properties of a type, formatting, and no trace of a machine in the text.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0
fail() { printf 'lint: %s\n' "$1" >&2; status=1; }

max_file=350 max_function=50 max_properties=20
while IFS= read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le "$max_file" ] || fail "$file: $lines lines, at most $max_file: split it by concern"
    # Stored properties of each type that begins at the left margin: its `let` and `var` one level in, without a body.
    awk -v file="$file" -v max="$max_properties" '
        /^(@[A-Za-z]+(\([^)]*\))? )?((public|package|private|fileprivate|final|indirect) )*(struct|class|actor) / {
            if (count > max) report(); name = $0; count = 0; start = FNR
        }
        /^    ((public|package|private|fileprivate|final|weak|lazy|unowned|private\(set\)|package\(set\)|public private\(set\)) )*(let|var) / {
            if ($0 !~ /\{[^}]*$/ && $0 !~ /\{ .* \}$/ || $0 ~ /= /) count++
        }
        function report() {
            printf "lint: %s:%d: type of %d stored properties, at most %d\n", file, start, count, max > "/dev/stderr"; bad = 1
        }
        /^}/ { if (count > max) report(); count = 0 }
        END { exit bad }' "$file" || status=1
    awk -v file="$file" -v max="$max_function" '
        /^[ \t]*((@[A-Za-z]+(\([^)]*\))?|public|private|fileprivate|internal|static|final|mutating|nonisolated|override|package)[ \t]+)*(func|init|deinit)[ (?!<]/ && !infn {
            match($0, /^[ \t]*/); indent = RLENGTH; start = NR; infn = 1
            if ($0 ~ /\{.*\}[ \t]*$/) infn = 0
            next
        }
        infn {
            match($0, /^[ \t]*/)
            if (RLENGTH == indent && $0 ~ /^[ \t]*\}/) {
                if (NR - start + 1 > max) { printf "lint: %s:%d: function of %d lines, at most %d\n", file, start, NR - start + 1, max > "/dev/stderr"; bad = 1 }
                infn = 0
            } else if (RLENGTH == indent && $0 !~ /^[ \t]*\)/ && $0 !~ /^[ \t]*where/ && NF) infn = 0
        }
        END { exit bad }' "$file" || status=1
done < <(git ls-files --cached --others --exclude-standard '*.swift')

swift format lint --strict --parallel --recursive Package.swift Sources Tests $(ls -d Benchmarks Fuzz 2>/dev/null) || status=1

# Reads that hold a lock of stdio while they block, and ends that wait for it: Sources/SystemCalls has what to use instead.
if git grep -nE '(^|[^.A-Za-z_])(readLine|fgets|getline|popen|_?exit|quick_exit)\(' -- 'Sources/*.swift' 'Sources/*.c' \
    ':!Sources/SystemCalls/ProcessEnd.swift' | grep -vE '^[^:]+:[0-9]+: *//|func readLine'; then
    fail "ends of processes go through ProcessEnd, lines are read by LineInput"
fi

if git grep -nE '/(work|root)/[a-z.]|swift-packages' -- . ':!scripts/lint.sh' ':!.gitignore'; then
    fail "a path of one machine stands in the text above"
fi
if git grep -nE '^(<{7}|>{7})( |$)' -- .; then fail "a merge that was not finished stands in the text above"; fi
scripts/mutants.py --list >/dev/null || fail "Tests/Mutants/mutants.json does not fit the code"

[ "$status" -eq 0 ] && echo "lint: clean"
exit "$status"

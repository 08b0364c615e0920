#!/usr/bin/env bash
# ./dev lint: every look at the sources that needs no test. ./dev has built sim-clang (clang's warnings are
# errors there) and the boards' before. clang-tidy's results are kept by the hash of what went into them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CACHE=build/lint
JOBS=$(nproc)
mkdir -p "$CACHE"
failed=()

step() {
    local name=$1 start=$SECONDS
    shift
    if "$@"; then
        printf 'lint: %-13s ok (%d s)\n' "$name" $((SECONDS - start))
    else
        printf 'lint: %-13s FAILED\n' "$name"
        failed+=("$name")
    fi
}

sources() { find firmware hal boards tests -name "$1" | sort; }

check_format() { sources '*.[ch]' | xargs clang-format --dry-run -Werror; }

check_shell() { shellcheck dev .ci/run cmake/*.sh; }

check_python() {
    { sources '*.py' && find cmake -name '*.py'; } | xargs /usr/bin/python3 -m pyflakes
}

# The simulator's sources as the host compiles them, then those only a Cortex-M product has.
check_tidy() { /usr/bin/python3 cmake/tidy.py --jobs "$JOBS" --cache "$CACHE/tidy" build/sim-clang build/mps2-an385 build/w5500-evb-pico; }

# Not wanted, and why: the linker's symbols are one object to it but many to cppcheck (comparePointers); the
# contract's signatures are fixed (constParameter, constVariable with it); a local name may be a verb that some
# function has too (shadowFunction; -Wshadow has the rest); zeros are a value (unassignedVariable); a file format
# has fields that nobody reads again (unusedStructMember). Tests are left to clang-tidy and the sanitizers:
# cppcheck does not know that a failed assertion ends them.
check_cppcheck() {
    local folder
    for folder in sim-clang mps2-an385 w5500-evb-pico; do
        # Third-party files are in the database too; what they are worth is not ours to say.
        mkdir -p "$CACHE/cppcheck-$folder"
        cppcheck --project="build/$folder/compile_commands.json" --file-filter='firmware/*' \
            --file-filter='hal/*' --file-filter='boards/*' \
            --cppcheck-build-dir="$CACHE/cppcheck-$folder" -j "$JOBS" \
            --enable=warning,performance,portability,style --inline-suppr --suppress='*:*/lwip/*' \
            --suppress='*:*/cjson/*' --suppress='*:*/littlefs/*' --suppress=missingIncludeSystem --suppress=constParameter \
            --suppress=constVariable --suppress=shadowFunction --suppress=unassignedVariable --suppress=unusedStructMember \
            --suppress='comparePointers:hal/cortex_m/*' --suppress='comparePointers:hal/rp2040/*' --quiet --error-exitcode=1 || return 1
    done
}

step clang-format check_format
step shellcheck check_shell
step pyflakes check_python
step cppcheck check_cppcheck
step clang-tidy check_tidy

if ((${#failed[@]})); then
    printf 'lint: FAILED: %s\n' "${failed[*]}"
    exit 1
fi
echo "lint: all clean"

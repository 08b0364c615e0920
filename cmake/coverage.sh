#!/usr/bin/env bash
# ./dev test --coverage: every suite on the counting build, then the share of lines that ran.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

MINIMUM_PERCENT=90
dir=build/sim-coverage

[[ -f $dir/build.ninja ]] || cmake --preset sim-coverage >/dev/null
cmake --build "$dir"
find "$dir" -name '*.gcda' -delete # figures of earlier runs
ctest --test-dir "$dir" --no-tests=error --output-on-failure --parallel "$(nproc)" \
    --label-regex '^(unit|vectors|flow|api)$'
gcovr --root . --object-directory "$dir" --filter 'firmware/' --filter 'hal/drivers/' \
    --exclude-unreachable-branches --sort-uncovered --print-summary \
    --fail-under-line "$MINIMUM_PERCENT" --html-details "$dir/coverage.html" --json-summary "$dir/coverage.json" --txt -

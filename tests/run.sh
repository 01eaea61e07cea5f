#!/usr/bin/env bash
# Everything that is promised, judged in one go: style, lints, tests, documentation, licences, and the running binary from
# outside. Fast answers first; every step is run, and the summary says what passed, failed and was skipped.
#
#   tests/run.sh            everything
#   PLIMSOLL_DATA=DIR       a directory of *.jsonl files with issues: `classify` and `plan` run over all of them too
#
# One build: all steps share the release profile in target/. Missing cargo tools and Node packages are installed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
export CI=true INSTA_UPDATE=no CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
target=${CARGO_TARGET_DIR:-target}
binary=$target/release/plimsoll
logs=$target/run-logs
mkdir -p "$logs"

names=() results=() times=()
note() { names+=("$1"); results+=("$2"); times+=("$3"); }

# run NAME COMMAND...: its output goes to a log, of which the end is shown; all that matters where it fails.
run() {
    local name=$1 log start code
    shift
    log=$logs/${name//[^a-z0-9]/-}.log
    start=$SECONDS
    echo "== $name: $*"
    "$@" >"$log" 2>&1 </dev/null
    code=$?
    if [[ $code -eq 0 ]]; then
        tail -n "${shown:-1}" "$log"
        note "$name" passed $((SECONDS - start))
    else
        tail -n 80 "$log"
        echo "   $name FAILED with $code; all of it: $log"
        note "$name" FAILED $((SECONDS - start))
    fi
    return $code
}
skip() {
    echo "== $1: skipped, $2"
    note "$1" "skipped: $2" 0
}

# tool NAME VERSION: a cargo subcommand, installed where it is missing.
tool() {
    command -v "cargo-$1" >/dev/null || run "install cargo-$1" cargo install --locked "cargo-$1@$2"
}

schema_drift() {
    local kept
    kept=$(ls config/*.schema.json) || return 1
    diff -u "$kept" <("$binary" schema) || {
        echo "the JSON Schema has drifted: plimsoll schema >$kept"
        return 1
    }
}

run "format" cargo fmt --check
tool machete 0.9.2 && run "unused dependencies" cargo machete
tool deny 0.20.2 && run "licences, bans, sources" cargo deny check bans licenses sources
run "lints" cargo clippy --release --locked --all-targets -- -D warnings
built=no
run "build" cargo build --release --locked && built=yes
tool nextest 0.9.143 && shown=3 run "tests" cargo nextest run --release --locked --status-level fail --no-fail-fast
run "documentation tests" cargo test --doc --release --locked
run "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items --release --locked

if [[ $built == yes ]]; then
    export PLIMSOLL_BIN=${PLIMSOLL_BIN:-$(realpath "$binary")}
    run "schema drift" schema_drift
    shown=25 run "demo" timeout 180 "$binary" demo --once
    for check in graphql examples data emulator kill; do
        shown=40 run "contract: $check" timeout 900 tests/contract/check "$check"
    done
    [[ -n ${PLIMSOLL_DATA:-} ]] || skip "contract: data of PLIMSOLL_DATA" "PLIMSOLL_DATA is not set"
else
    for name in "schema drift" "demo" "contract: examples" "contract: data" "contract: emulator" "contract: kill"; do
        skip "$name" "there is no binary"
    done
fi

passed=0 failed=0 skipped=0
printf '\n%-36s %6s  %s\n' step seconds result
for i in "${!names[@]}"; do
    printf '%-36s %6d  %s\n' "${names[$i]}" "${times[$i]}" "${results[$i]}"
    case ${results[$i]} in
        passed) passed=$((passed + 1)) ;;
        FAILED) failed=$((failed + 1)) ;;
        *) skipped=$((skipped + 1)) ;;
    esac
done
echo "in all ${SECONDS} s"
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]

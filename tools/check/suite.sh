# Suites and their counts. A suite writes one line to build/check/results.tsv:
# name, passed, failed, seconds.

RESULTS="$ROOT/build/check"

start_results() {
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
}

record() { printf '%s\t%s\t%s\t%s\n' "$@" >>"$RESULTS/results.tsv"; }

# suite NAME FUNCTION: counts as one test
suite() {
  local name=$1 start=$SECONDS
  echo "== $name"
  if (set -e; "$2"); then
    record "$name" 1 0 $((SECONDS - start))
  else
    record "$name" 0 1 $((SECONDS - start))
    echo "FAILED: $name"
  fi
}

# alongside FUNCTION: its suites run beside those that follow; what they print comes at the end.
# Builds step back for them from here on, since tests have time limits.
alongside() {
  BUILD_PRIORITY=10
  "$1" >"$RESULTS/alongside.log" 2>&1 &
  ALONGSIDE=$!
  # shellcheck disable=SC2064  # the process of now
  trap "kill $ALONGSIDE 2>/dev/null || true" EXIT
}

wait_alongside() {
  wait "$ALONGSIDE" || record alongside 0 1 0  # it ended before its suites did
  trap - EXIT
  cat "$RESULTS/alongside.log"
}

# The table, and what CI reads: the last line.
print_results() {
  "$VENV/bin/python" "$ROOT/tools/check/summary.py" "$RESULTS" "$ROOT/build"
}

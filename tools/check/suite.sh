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

# The table, and what CI reads: the last line.
print_results() {
  "$VENV/bin/python" "$ROOT/tools/check/summary.py" "$RESULTS" "$ROOT/build"
}

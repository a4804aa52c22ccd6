# Suites that build and run a tree.

# build_suite PRESET [TARGETS...]: the build is a test of its own; without it nothing can go on.
build_suite() {
  local name=build-$1 start=$SECONDS
  echo "== $name"
  if (build_tree "$@"); then
    record "$name" 1 0 $((SECONDS - start))
  else
    record "$name" 0 1 $((SECONDS - start))
    print_results || exit 1
  fi
}

# count_tests NAME SECONDS [ARGUMENTS OF count.py...]
count_tests() {
  local counts
  counts=$("$VENV/bin/python" "$ROOT/tools/check/count.py" "${@:3}")
  # shellcheck disable=SC2086  # two numbers
  record "$1" $counts "$2"
}

# ctest_suite PRESET [CTEST ARGUMENTS...]
ctest_suite() {
  local preset=$1 start=$SECONDS name="$RESULTS/$1${SUITE_SUFFIX:-}"
  echo "== test-$preset${SUITE_SUFFIX:-}"
  GTEST_OUTPUT="json:$name/" ctest --preset "$preset" --test-dir "$ROOT/build/$preset" \
    --output-junit "$name.xml" --parallel "$(build_jobs)" "${@:2}" >"$name.log" 2>&1 ||
    { grep -vE '^ *[0-9]+/[0-9]+ .* Passed ' "$name.log" | tail -n 200; }
  count_tests "test-$preset${SUITE_SUFFIX:-}" $((SECONDS - start)) "$name.xml" "$name"
}

# python_suite NAME PRESET FOLDERS [PYTEST ARGUMENTS...]: tests of a preset's program from outside;
# without arguments, those that are not deep
python_suite() {
  local start=$SECONDS name="$1${SUITE_SUFFIX:-}" marks=(-m "not deep")
  local xml="$RESULTS/$name.xml"
  (($# > 3)) && marks=("${@:4}")
  echo "== $name"
  # shellcheck disable=SC2086  # a list of folders
  (cd "$ROOT" && SIKU_BUILD_DIR="$ROOT/build/$2" "$VENV/bin/python" -m pytest -q $3 \
    "${marks[@]}" --junit-xml="$xml") || true
  count_tests "$name" $((SECONDS - start)) "$xml"
}

# The suites, each PRESET [PYTEST ARGUMENTS...]. Parity's with `-m deep` run the peers themselves,
# which must say what their goldens say; report and portal drive a real browser.
scenarios_suite() { python_suite scenarios "$1" "tests/scenarios tests/faults" "${@:2}"; }
catalog_suite() { python_suite catalog "$1" tests/catalog "${@:2}"; }
parity_suite() { python_suite parity "$1" tests/parity "${@:2}"; }
report_suite() { python_suite report "$1" tests/report "${@:2}"; }
portal_suite() { python_suite portal "$1" tests/portal "${@:2}"; }

# Each fuzzer of the asan tree over its corpus and then so many made inputs, always the same ones.
fuzz_suite() {
  local seconds=5 runs=200000 fuzzer passed=0 failed=0 start=$SECONDS corpus
  ((DEEP)) && seconds=120 runs=-1
  echo "== fuzz"
  for fuzzer in "$ROOT"/build/asan/fuzzers/*_fuzz; do
    [[ -x $fuzzer ]] || continue
    corpus=()
    [[ -d $fuzzer.corpus ]] && corpus=("$RESULTS/made-$(basename "$fuzzer")" "$fuzzer.corpus")
    ((${#corpus[@]})) && mkdir -p "${corpus[0]}"
    if ARROW_DEFAULT_MEMORY_POOL=system "$fuzzer" -seed=20261124 -runs=$runs \
      -max_total_time=$seconds -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$RESULTS/" \
      "${corpus[@]}" >"$RESULTS/fuzz.log" 2>&1; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "FAILED: $(basename "$fuzzer")"
      tail -n 40 "$RESULTS/fuzz.log"
    fi
  done
  record fuzz $passed $failed $((SECONDS - start))
}

deep_suites() {
  SUITE_SUFFIX=-deep
  ctest --test-dir "$ROOT/build/release" -N -L deep | grep -q 'Total Tests: 0' ||
    deep_ctest
  scenarios_suite release -m deep
  catalog_suite release -m deep
  parity_suite release -m deep
  portal_suite release -m deep
  suite engines-python check_engines_python
  engines_suite release "$ENGINES_VENV/bin/python" -m deep
  SUITE_SUFFIX=
  suite two-arrows check_two_arrows
  build_suite tsan
  ctest_suite tsan
  build_suite bench benchmarks
  suite benchmarks run_benchmarks
}

# The presets leave the label out, so this one goes without a preset.
deep_ctest() {
  local start=$SECONDS name="$RESULTS/deep"
  echo "== test-deep"
  GTEST_OUTPUT="json:$name/" ctest --test-dir "$ROOT/build/release" -L deep --output-on-failure \
    --output-junit "$name.xml" >"$name.log" 2>&1 || tail -n 200 "$name.log"
  count_tests test-deep $((SECONDS - start)) "$name.xml" "$name"
}

# Claims with a bar: each says its figures and fails below the bar.
run_benchmarks() {
  local one status=0
  for one in $(grep -l -- '"--build"' "$ROOT"/bench/*/*.py); do
    "$VENV/bin/python" "$one" --build "$ROOT/build/bench" || status=1
  done
  return $status
}

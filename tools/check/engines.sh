# Ray and Spark in an environment of their own, with the wheel of the package suite.

ENGINES_VENV="$PACKAGE/venv-engines"

check_engines_python() { prepare_package_venv "$ENGINES_VENV" tools/requirements-engines.txt; }

# engines_suite PRESET
engines_suite() {
  local start xml="$RESULTS/engines.xml"
  suite engines check_engines_python
  start=$SECONDS
  echo "== test-engines"
  (cd "$ROOT" && SIKU_BUILD_DIR="$ROOT/build/$1" SIKU_ENGINES_PYTHON="$ENGINES_VENV/bin/python" \
    "$VENV/bin/python" -m pytest -q tests/engines --junit-xml="$xml") || true
  count_tests test-engines $((SECONDS - start)) "$xml"
}

# Runs on Ray and Spark. ./check kills workers of a Ray that the package's environment has; --deep does
# the rest, in an environment of its own.

ENGINES_VENV="$PACKAGE/venv-engines"

check_engines_python() { prepare_package_venv "$ENGINES_VENV" tools/requirements-engines.txt; }

# engines_suite PRESET PYTHON [PYTEST ARGUMENTS...]
engines_suite() {
  local start=$SECONDS name="engines${SUITE_SUFFIX:-}"
  local xml="$RESULTS/$name.xml"
  echo "== $name"
  (cd "$ROOT" && SIKU_BUILD_DIR="$ROOT/build/$1" SIKU_ENGINES_PYTHON="$2" \
    "$VENV/bin/python" -m pytest -q tests/engines "${@:3}" --junit-xml="$xml") || true
  count_tests "$name" $((SECONDS - start)) "$xml"
}

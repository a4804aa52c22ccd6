# Runs on Ray and Spark. ./check kills workers of a Ray that the package's environment has; --deep does
# the rest, in an environment of its own.

ENGINES_VENV="$PACKAGE/venv-engines"

check_engines_python() { prepare_package_venv "$ENGINES_VENV" tools/requirements-engines.txt; }

# engines_suite PRESET PYTHON [PYTEST ARGUMENTS...]
engines_suite() {
  SIKU_ENGINES_PYTHON="$2" python_suite engines "$1" tests/engines "${@:3}"
}

# The Python package: a wheel, an environment of its own, its tests.

PACKAGE="$ROOT/build/python"
PACKAGE_VENV="$PACKAGE/venv"

build_package() {
  mkdir -p "$PACKAGE"
  "$ROOT/tools/wheel" "$PACKAGE" --config-settings build-dir="$PACKAGE/tree" \
    --config-settings cmake.define.SIKU_WERROR=ON >"$PACKAGE/build.log" 2>&1 || {
    tail -n 100 "$PACKAGE/build.log"
    return 1
  }
}

# prepare_package_venv VENV LIST: an environment with that list and the wheel just built
prepare_package_venv() {
  (
    VENV=$1
    mkdir -p "$(dirname "$VENV")"
    prepare_python "$2"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
      --force-reinstall "$PACKAGE"/siku-*.whl
  )
}

check_package() {
  build_package && check_links_of "$PACKAGE"/tree/python/_siku*.so &&
    prepare_package_venv "$PACKAGE_VENV" tools/requirements-python.txt
}

# package_suite [PYTEST ARGUMENTS...]
package_suite() {
  local start xml="$RESULTS/package.xml"
  suite package check_package
  start=$SECONDS
  echo "== test-package"
  (cd "$ROOT" && SIKU_BUILD_DIR="$ROOT/build/release" "$PACKAGE_VENV/bin/python" -m pytest -q \
    -p no:cacheprovider python/tests --junit-xml="$xml" "$@") || true
  count_tests test-package $((SECONDS - start)) "$xml"
}

# One process with two versions of Arrow, in both orders of import.
check_two_arrows() {
  local order python
  prepare_package_venv "$PACKAGE/venv-old" tools/requirements-python-old.txt || return 1
  for python in "$PACKAGE_VENV/bin/python" "$PACKAGE/venv-old/bin/python"; do
    for order in pyarrow siku; do
      "$python" "$ROOT/python/tests/two_arrows.py" "$order" || return 1
    done
  done
}

# Configuring and building a preset's tree in build/<preset>.

# configure_tree PRESET [CMAKE ARGUMENTS...]: again only when preset or arguments changed; ninja
# itself follows changes of CMake files.
configure_tree() {
  local preset=$1 tree="$ROOT/build/$1" stamp
  shift
  # -Werror holds for the compiler we test with; another one may warn of more.
  [[ $SYSTEM == debian-12 ]] || set -- "$@" -DSIKU_WERROR=OFF
  stamp="$tree/.configured-$({ cat "$ROOT/CMakePresets.json"; echo "$ROOT $*"; } | sha256sum | cut -c1-16)"
  [[ -e $stamp && -e $tree/build.ninja ]] && return 0
  mkdir -p "$tree"
  if ! (cd "$ROOT" && cmake --preset "$preset" "$@") >"$tree/configure.log" 2>&1; then
    cat "$tree/configure.log" >&2
    fail "CMake could not configure build/$preset." "CMake 配置 build/$preset 失败。"
  fi
  touch "$stamp"
}

# build_tree PRESET [TARGETS...]
build_tree() {
  local preset=$1 tree="$ROOT/build/$1"
  shift
  configure_tree "$preset" ${CONFIGURE_ARGUMENTS:-}
  if [[ ! -e $tree/.built ]]; then
    say "Building build/$preset" "构建 build/$preset"
    nice -n "${BUILD_PRIORITY:-0}" ninja -C "$tree" -j "$(build_jobs)" "$@" && touch "$tree/.built"
  else
    nice -n "${BUILD_PRIORITY:-0}" ninja -C "$tree" -j "$(build_jobs)" --quiet "$@"
  fi || fail "The build of build/$preset failed; what the compiler said stands above." \
    "build/$preset 构建失败；编译器的输出见上。"
}

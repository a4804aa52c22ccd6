# System packages by apt. Lists: tools/setup/packages/<build|test>.<system>.txt

# package_list build test ...: the names of these lists, one line
package_list() {
  local kind
  for kind in "$@"; do
    sed 's/#.*//' "$ROOT/tools/setup/packages/$kind.$SYSTEM.txt"
  done | xargs
}

# Sets MISSING to those of the names that are not installed in full.
find_missing_packages() {
  local name installed
  MISSING=()
  # shellcheck disable=SC2086  # a list of names
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $1 2>/dev/null |
    awk '$2 == "installed" { print $1 }' || true)
  for name in $1; do
    grep -qxF "$name" <<<"$installed" || MISSING+=("$name")
  done
}

needs_packages() { ((${#MISSING[@]} > 0)); }

install_packages() {
  needs_packages || return 0
  local line="apt-get install -y --no-install-recommends ${MISSING[*]}"
  if ((EUID != 0)); then
    fail "Packages are missing. As root, type this line, then ./run again:
$line" "缺少软件包。请以 root 执行下面一行，然后再次运行 ./run：
$line"
  fi
  say "Installing ${#MISSING[@]} packages: ${MISSING[*]}" "安装 ${#MISSING[@]} 个软件包：${MISSING[*]}"
  export DEBIAN_FRONTEND=noninteractive
  dpkg --configure -a >/dev/null 2>&1 || true  # what an interrupted set-up left half done
  if ! apt_get update || ! apt_get install -y --no-install-recommends "${MISSING[@]}"; then
    find_missing_packages "${MISSING[*]}"
    fail "apt could not fetch: ${MISSING[*]}
Check the network, or the mirror in /etc/apt/sources.list and the proxy in /etc/apt/apt.conf.d, then ./run again." \
      "apt 未能取得：${MISSING[*]}
请检查网络，或 /etc/apt/sources.list 中的镜像与 /etc/apt/apt.conf.d 中的代理，然后再次运行 ./run。"
  fi
}

# Quiet unless it fails.
apt_get() {
  local log
  log=$(mktemp)
  if apt-get -q -o APT::Update::Error-Mode=any -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return 0
  fi
  tail -n 20 "$log" >&2
  rm -f "$log"
  return 1
}

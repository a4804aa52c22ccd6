# Which system this is, and whether it has room.

# Sets SYSTEM to the suffix of its package list; refuses what Siku does not build on.
require_system() {
  local id="" version=""
  if [[ -r /etc/os-release ]]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  fi
  case "$id $version" in
    "debian 12") SYSTEM=debian-12 ;;
    "ubuntu 24.04")
      SYSTEM=ubuntu-24.04
      [[ -x ${SIKU:-} ]] || say "Ubuntu 24.04: package names are known but untested." \
        "Ubuntu 24.04：软件包名已列出，但未经测试。"
      ;;
    *)
      fail "This system is ${id:-unknown} ${version}. Siku builds on Debian 12 and, untested, on Ubuntu 24.04; older ones lack its compiler and libraries. In a container: docker run -it -v \"\$PWD\":/siku -w /siku debian:12 ./run" \
        "本系统是 ${id:-未知} ${version}。Siku 在 Debian 12 上构建，Ubuntu 24.04 未经测试；更旧的系统缺少所需的编译器和库。可在容器中运行：docker run -it -v \"\$PWD\":/siku -w /siku debian:12 ./run"
      ;;
  esac
}

# announce FETCH_MB DISK_GB MINUTES
announce() {
  say "First set-up on this machine: fetches up to $1 MB, needs $2 GB of disk and about $3 minutes on two cores. It can be interrupted and continues where it was." \
    "首次准备：最多下载 $1 MB，占用磁盘 $2 GB，两核约需 $3 分钟。可随时中断，再次运行会接着做。"
}

# require_room DISK_GB MEMORY_GB
require_room() {
  local disk memory
  disk=$(df -Pk "$ROOT" | awk 'NR == 2 { print int($4 / 1048576) }')
  memory=$(awk '/^MemAvailable/ { print int($2 / 1048576 + 0.5) }' /proc/meminfo)
  say "Free here: $disk GB of disk, $memory GB of memory." "可用：磁盘 $disk GB，内存 $memory GB。"
  ((disk >= $1)) || fail "$1 GB of free disk are needed in $ROOT." "$ROOT 需要 $1 GB 可用磁盘。"
  ((memory >= $2)) || fail "$2 GB of free memory are needed to compile." "编译需要 $2 GB 可用内存。"
}

# A compiler takes up to 1 GB, so memory bounds the jobs as cores do.
build_jobs() {
  awk -v cores="$(nproc)" '/^MemAvailable/ {
    jobs = int($2 / 1048576); if (jobs > cores) jobs = cores; print jobs < 1 ? 1 : jobs
  }' /proc/meminfo
}

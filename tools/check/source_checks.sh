# Checks that need no build. Each returns its status: bash ignores `set -e` under `if`.

tracked() { git -C "$ROOT" -c safe.directory="$ROOT" ls-files -- "$@" | sed "s|^|$ROOT/|" | existing; }

existing() {
  local path
  while IFS= read -r path; do [[ -e $path ]] && echo "$path"; done
  return 0
}

check_format() {
  tracked '*.h' '*.cc' | xargs -r clang-format --dry-run -Werror
}

check_ruff() {
  # The folder build/ is not ours to judge; .gitignore keeps it out.
  "$VENV/bin/ruff" check --quiet --no-cache "$ROOT" &&
    "$VENV/bin/ruff" format --quiet --no-cache --check "$ROOT"
}

check_messages() { "$VENV/bin/python" "$ROOT/tools/check/messages.py" "$ROOT"; }

check_limits() { "$VENV/bin/python" "$ROOT/tools/check/limits.py" "$ROOT"; }

# clang-tidy takes 11 to 43 s a file: only what changed since the last tag, the latest first, and
# without --deep only so many.
check_tidy() {
  local git=(git -C "$ROOT" -c "safe.directory=$ROOT") base files most=10
  base=$("${git[@]}" describe --tags --abbrev=0 'HEAD^' 2>/dev/null || true)
  files=$({
    "${git[@]}" diff --name-only HEAD
    "${git[@]}" log --format= --name-only ${base:+"$base.."}HEAD
  } | awk '!seen[$0]++' | grep -E '^(core|modules|apps)/.*\.cc$' | grep -vE '_(test|fuzz|bench)\.cc$' |
    sed "s|^|$ROOT/|" | existing || true)
  if ((!DEEP)) && (($(wc -l <<<"$files") > most)); then
    echo "the $most latest of $(wc -l <<<"$files") changed files; ./check --deep takes all"
    files=$(head -n "$most" <<<"$files")
  fi
  [[ -z $files ]] && return 0
  xargs -P "$(build_jobs)" -n 1 clang-tidy --quiet -p "$ROOT/build/release" \
    --extra-arg=-Wno-unknown-warning-option <<<"$files" 2>/dev/null
}

# Arrow carries its own re2 and simdjson and exports them: Debian's shared ones in the same process
# crash, and a symbol of ours may not be found in Arrow by chance.
check_links() { check_links_of "$ROOT/build/release/bin/siku"; }

# check_links_of FILE: the program or the extension
check_links_of() {
  local program=$1 libraries
  libraries=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
  if ldd "$program" | grep -E 'libre2|libsimdjson|not found'; then
    echo "the program loads a library that clashes with Arrow's, or lacks one"
    return 1
  fi
  if nm -DC --undefined-only "$program" | grep -E ' (re2|absl|simdjson|utf8proc)'; then
    echo "the program takes a symbol that only Arrow happens to export"
    return 1
  fi
  if ! awk '/^libcrypto/ { crypto = NR } /^lib(siku_)?(arrow|parquet)/ && !arrow { arrow = NR }
      END { exit crypto && arrow && crypto > arrow }' <<<"$libraries"; then
    echo "libcrypto must be loaded before Arrow's libraries"
    return 1
  fi
}

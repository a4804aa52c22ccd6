# Messages of the set-up, English or Chinese by the same variables as the program.
siku_language() {
  local value
  for value in "${SIKU_LANG:-}" "${LC_ALL:-}" "${LC_MESSAGES:-}" "${LANG:-}"; do
    if [[ -n $value ]]; then
      [[ $value == zh* ]] && echo zh || echo en
      return
    fi
  done
  echo en
}
SAY_LANGUAGE=$(siku_language)

# say "English" "中文"
say() {
  if [[ $SAY_LANGUAGE == zh ]]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi >&2
}

# fail "English" "中文": says why and ends.
fail() {
  say "$@"
  exit 1
}

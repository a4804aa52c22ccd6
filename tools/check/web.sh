# The portal: types, lint, format, its own tests, the size of what a reader loads, and the pages as a
# person sees them.

# Gzipped, script and style that every page loads: more is not there within a second on a slow line.
WEB_LIMIT=$((80 * 1024))

check_web() {
  prepare_web && in_web npm run --silent check && in_web npm run --silent test && build_web &&
    check_web_policy && check_web_size
}

# The server forbids what is inline and what is from elsewhere.
check_web_policy() {
  local page="$ROOT/build/web/index.html"
  if grep -nE '<style|style=|<script(>| [^>]*[^/]>[^<])|(src|href)="(https?:)?//' "$page"; then
    echo "the page holds a script, a style or an address of another host"
    return 1
  fi
  if grep -n '"resolved"' "$ROOT/web/package-lock.json" | head -3 | grep .; then
    echo "web/package-lock.json names a registry"
    return 1
  fi
}

check_web_size() {
  local size page="$ROOT/build/web/index.html"
  size=$(cd "$ROOT/build/web" && grep -oE 'assets/[^"]+\.(js|css)' "$page" | sort -u | xargs cat | gzip -9 | wc -c)
  echo "the portal has $size bytes gzipped, $WEB_LIMIT allowed"
  ((size <= WEB_LIMIT))
}

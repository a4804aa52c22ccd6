/** The address of the page is its state: paths and query strings by the history API. */

let path = $state(location.pathname);
let query = $state(location.search);

function take(): void {
  path = location.pathname;
  query = location.search;
}

export const router = {
  get path() {
    return path;
  },
  get query() {
    return query;
  },
  /** Goes to an address of this site, to its top. `replace`: without a step in the history. */
  go(address: string, { replace = false, stay = false } = {}): void {
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    take();
    if (!replace && !stay) window.scrollTo(0, 0);
  },
};

/** Follows links within the site without loading it anew; those to the API are the browser's. */
function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement)) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.pathname.startsWith("/api/") || link.getAttribute("href")!.startsWith("#")) return;
  event.preventDefault();
  router.go(link.pathname + link.search);
}

window.addEventListener("popstate", take);
document.addEventListener("click", follow);

/** Addresses of the portal: path and query string are the state of a page. */

export const FACETS = [
  "class",
  "organisation",
  "theme",
  "format",
  "update_cycle",
  "licence",
  "keyword",
] as const;
export type FacetName = (typeof FACETS)[number];

export const SORTS = ["relevance", "modified"] as const;
export type Sort = (typeof SORTS)[number];

export const HITS_PER_PAGE = 20;
export const ROWS_PER_PAGE = 50;

export interface Search {
  q: string;
  chosen: Record<FacetName, string[]>;
  sort: Sort;
  /** From 1. */
  page: number;
}

type Plain = "account" | "audit" | "organisations" | "publish" | "runs" | "signIn";

export type Route =
  | { page: "find" }
  | { page: "dataset"; name: string; part: "overview" | "rows" | "versions" | "edit" }
  | { page: "dataset"; name: string; part: "lineage"; version: number }
  | { page: Plain | "nothing" };

const PLAIN: Record<string, Plain> = {
  "/organisations": "organisations",
  "/account": "account",
  "/audit": "audit",
  "/runs": "runs",
  "/sign-in": "signIn",
  "/publish": "publish",
};

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Which page a path is. */
export function routeOf(given: string): Route {
  const path = given.replace(/(?<=.)\/$/, "");
  if (path === "/") return { page: "find" };
  const plain = PLAIN[path];
  if (plain) return { page: plain };
  const match = /^\/datasets\/([^/]+)(?:\/(rows|versions|edit))?$/.exec(path);
  const name = match && decoded(match[1]!);
  if (!name) return lineageRouteOf(path);
  return { page: "dataset", name, part: (match[2] ?? "overview") as "overview" };
}

function lineageRouteOf(path: string): Route {
  const match = /^\/datasets\/([^/]+)\/versions\/([1-9]\d{0,14})\/lineage$/.exec(path);
  const name = match && decoded(match[1]!);
  if (!name) return { page: "nothing" };
  return { page: "dataset", name, part: "lineage", version: Number(match[2]) };
}

export function lineageAddress(name: string, version: number): string {
  return `${datasetAddress(name, "versions")}/${version}/lineage`;
}

export function datasetAddress(name: string, part?: "rows" | "versions" | "edit"): string {
  return `/datasets/${encodeURIComponent(name)}${part ? `/${part}` : ""}`;
}

/** A whole number of a query string, or the default where it is none of at least `least`. */
export function whole(text: string | null, otherwise: number, least = 0): number {
  if (text === null || !/^\d{1,15}$/.test(text)) return otherwise;
  const number = Number(text);
  return number < least ? otherwise : number;
}

export function searchOf(query: string): Search {
  const given = new URLSearchParams(query);
  const sort = given.get("sort");
  const chosen = Object.fromEntries(
    FACETS.map((facet) => [facet, [...new Set(given.getAll(facet))]]),
  );
  return {
    q: given.get("q") ?? "",
    chosen: chosen as Record<FacetName, string[]>,
    sort: SORTS.find((one) => one === sort) ?? "relevance",
    page: whole(given.get("page"), 1, 1),
  };
}

/** The address of a search; what is the default is left out, so that equal searches are equal. */
export function searchAddress(search: Search): string {
  const query = new URLSearchParams();
  if (search.q) query.set("q", search.q);
  for (const facet of FACETS) {
    for (const value of search.chosen[facet]) query.append(facet, value);
  }
  if (search.sort !== "relevance") query.set("sort", search.sort);
  if (search.page > 1) query.set("page", String(search.page));
  const text = query.toString();
  return text ? `/?${text}` : "/";
}

/** The search with a value of a facet taken in, or out if it was in; on its first page. */
export function toggled(search: Search, facet: FacetName, value: string): Search {
  const before = search.chosen[facet];
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  return { ...search, chosen: { ...search.chosen, [facet]: after }, page: 1 };
}

export interface RowPlace {
  /** 0: the newest. */
  version: number;
  offset: number;
  limit: number;
}

export function rowPlaceOf(query: string): RowPlace {
  const given = new URLSearchParams(query);
  return {
    version: whole(given.get("version"), 0),
    offset: whole(given.get("offset"), 0),
    limit: Math.min(whole(given.get("limit"), ROWS_PER_PAGE, 1), 1000),
  };
}

export function rowAddress(name: string, place: RowPlace): string {
  const query = new URLSearchParams();
  if (place.version) query.set("version", String(place.version));
  if (place.offset) query.set("offset", String(place.offset));
  if (place.limit !== ROWS_PER_PAGE) query.set("limit", String(place.limit));
  const text = query.toString();
  return datasetAddress(name, "rows") + (text ? `?${text}` : "");
}

export interface Comparison {
  before: number;
  after: number;
}

/** The versions that the query string asks to compare, if it does: numbers from 1. */
export function comparisonOf(query: string): Comparison | undefined {
  const given = new URLSearchParams(query);
  const before = whole(given.get("before"), 0);
  const after = whole(given.get("after"), 0);
  return before && after ? { before, after } : undefined;
}

export function comparisonAddress(name: string, { before, after }: Comparison): string {
  return `${datasetAddress(name, "versions")}?before=${before}&after=${after}`;
}

/** Where to go after signing in: a path of this site, never another host. */
export function nextOf(query: string): string {
  const next = new URLSearchParams(query).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

/** Whether an address from a dataset's metadata may be a link: one of `javascript:` would run. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Pages to offer: the first, the last and those about the present one; 0 stands for a gap. */
export function pageNumbers(now: number, last: number, about = 2): number[] {
  const result: number[] = [];
  for (let page = 1; page <= last; page++) {
    if (page === 1 || page === last || Math.abs(page - now) <= about) result.push(page);
    else if (result.at(-1) !== 0) result.push(0);
  }
  return result;
}

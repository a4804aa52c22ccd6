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
  /** Inside the rows of datasets, not in what describes them. */
  rows: boolean;
}

type Plain =
  | "account"
  | "audit"
  | "newRun"
  | "organisations"
  | "publish"
  | "runs"
  | "settings"
  | "signIn"
  | "upload";

export const PARTS = [
  "rows",
  "statistics",
  "quality",
  "sql",
  "versions",
  "access",
  "edit",
] as const;
export type Part = (typeof PARTS)[number];

export type Route =
  | { page: "find" }
  | { page: "dataset"; name: string; part: "overview" | Part }
  | { page: "dataset"; name: string; part: "lineage"; version: number }
  | { page: "run"; id: string }
  | { page: Plain | "nothing" };

const PLAIN: Record<string, Plain> = {
  "/organisations": "organisations",
  "/account": "account",
  "/audit": "audit",
  "/runs": "runs",
  "/runs/new": "newRun",
  "/settings": "settings",
  "/sign-in": "signIn",
  "/publish": "publish",
  "/upload": "upload",
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
  const run = /^\/runs\/([\w-]+)$/.exec(path);
  if (run) return { page: "run", id: run[1]! };
  const match = /^\/datasets\/([^/]+)(?:\/(\w+))?$/.exec(path);
  const name = match && decoded(match[1]!);
  if (!name) return lineageRouteOf(path);
  if (!match[2]) return { page: "dataset", name, part: "overview" };
  const part = PARTS.find((one) => one === match[2]);
  return part ? { page: "dataset", name, part } : { page: "nothing" };
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

export function runAddress(id: string): string {
  return `/runs/${id}`;
}

/** Of the form for a recipe over a version of the store. */
export function newRunAddress(source?: string): string {
  return "/runs/new" + (source ? `?input=${encodeURIComponent(source)}` : "");
}

export function reportAddress(id: string): string {
  return `/api/v1/runs/${id}/report`;
}

export function datasetAddress(name: string, part?: Part): string {
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
    rows: given.get("in") === "rows",
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
  if (search.rows) query.set("in", "rows");
  const text = query.toString();
  return text ? `/?${text}` : "/";
}

/** The search with a value of a facet taken in, or out if it was in; on its first page. */
export function toggled(search: Search, facet: FacetName, value: string): Search {
  const before = search.chosen[facet];
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  return { ...search, chosen: { ...search.chosen, [facet]: after }, page: 1 };
}

export const OPERATIONS = [
  "eq",
  "ne",
  "contains",
  "starts",
  "lt",
  "le",
  "gt",
  "ge",
  "null",
  "not_null",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A condition on rows; `value` is empty where the operation takes none. */
export interface Filter {
  field: string;
  op: Operation;
  value: string;
}

export interface RowPlace {
  /** 0: the newest. */
  version: number;
  offset: number;
  limit: number;
  filters: Filter[];
  /** Words to look for in the cells; without filters and sort. */
  q: string;
  /** A column, behind - for the reverse; empty: as the version has them. */
  sort: string;
}

export const takesNone = (op: Operation) => op === "null" || op === "not_null";

/** As the API takes it. */
export function filterText({ field, op, value }: Filter): string {
  return JSON.stringify(takesNone(op) ? { field, op } : { field, op, value });
}

/** What is no filter is left out. */
function filterOf(text: string): Filter[] {
  try {
    const given = JSON.parse(text) as Record<string, unknown>;
    const op = OPERATIONS.find((one) => one === given.op);
    if (!op || typeof given.field !== "string") return [];
    return [{ field: given.field, op, value: String(given.value ?? "") }];
  } catch {
    return [];
  }
}

export function rowPlaceOf(query: string): RowPlace {
  const given = new URLSearchParams(query);
  const q = given.get("q") ?? "";
  return {
    version: whole(given.get("version"), 0),
    offset: whole(given.get("offset"), 0),
    limit: Math.min(whole(given.get("limit"), ROWS_PER_PAGE, 1), 1000),
    q,
    filters: q ? [] : given.getAll("filter").flatMap(filterOf),
    sort: q ? "" : (given.get("sort") ?? ""),
  };
}

export function rowAddress(name: string, place: Partial<RowPlace>): string {
  const query = new URLSearchParams();
  if (place.version) query.set("version", String(place.version));
  if (place.q) query.set("q", place.q);
  for (const filter of place.filters ?? []) query.append("filter", filterText(filter));
  if (place.sort) query.set("sort", place.sort);
  if (place.offset) query.set("offset", String(place.offset));
  if (place.limit && place.limit !== ROWS_PER_PAGE) query.set("limit", String(place.limit));
  const text = query.toString();
  return datasetAddress(name, "rows") + (text ? `?${text}` : "");
}

/** The sort that a click on a column's head asks for: up, down, none. */
export function nextSort(now: string, column: string): string {
  return now === column ? `-${column}` : now === `-${column}` ? "" : column;
}

/** The address of a part that shows one version: statistics, or SQL with its query. */
export function partAddress(name: string, part: Part, version: number, sql = ""): string {
  const query = new URLSearchParams();
  if (version) query.set("version", String(version));
  if (sql) query.set("sql", sql);
  const text = query.toString();
  return datasetAddress(name, part) + (text ? `?${text}` : "");
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

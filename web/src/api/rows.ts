import { filterText, type RowPlace } from "../lib/address";
import { api, data, type RowHits, type RowPage, type SqlAnswer, type Statistics } from "./client";
import { exactJson } from "./exact_json";

// Whole numbers beyond 2^53 stay what the server wrote, as text.

/** A page of rows. */
export async function readRows(
  name: string,
  ordinal: number,
  { offset, limit, q, filters, sort }: RowPlace,
  signal: AbortSignal,
): Promise<RowPage> {
  const filter = filters.map(filterText);
  const query = { offset, limit, filter, sort: sort ? [sort] : [], q: q || undefined };
  const asked = api.GET("/api/v1/datasets/{name}/versions/{version}/rows", {
    params: { path: { name, version: String(ordinal) }, query },
    parseAs: "text",
    signal,
  });
  return exactJson(await data<string>(asked)) as RowPage;
}

/** Rows of all datasets that have what was typed; `offset` datasets are not looked at. */
export async function findRows(q: string, offset: number, signal: AbortSignal): Promise<RowHits> {
  const asked = api.GET("/api/v1/rows", {
    params: { query: { q, offset, limit: 10 } },
    parseAs: "text",
    signal,
  });
  return exactJson(await data<string>(asked)) as RowHits;
}

/** What a query gives. */
export async function askSql(
  name: string,
  ordinal: number,
  sql: string,
  signal: AbortSignal,
): Promise<SqlAnswer> {
  const asked = api.POST("/api/v1/datasets/{name}/versions/{version}/sql", {
    params: { path: { name, version: String(ordinal) } },
    body: { sql },
    parseAs: "text",
    signal,
  });
  return exactJson(await data<string>(asked)) as SqlAnswer;
}

export async function readStatistics(
  name: string,
  ordinal: number,
  signal: AbortSignal,
): Promise<Statistics> {
  const asked = api.GET("/api/v1/datasets/{name}/versions/{version}/statistics", {
    params: { path: { name, version: String(ordinal) } },
    parseAs: "text",
    signal,
  });
  return exactJson(await data<string>(asked)) as Statistics;
}

import { api, data, type RowPage } from "./client";
import { exactJson } from "./exact_json";

/** A page of rows; whole numbers beyond 2^53 stay what the server wrote, as text. */
export async function readRows(
  name: string,
  ordinal: number,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<RowPage> {
  const asked = api.GET("/api/v1/datasets/{name}/versions/{version}/rows", {
    params: { path: { name, version: String(ordinal) }, query: { offset, limit } },
    parseAs: "text",
    signal,
  });
  return exactJson(await data<string>(asked)) as RowPage;
}

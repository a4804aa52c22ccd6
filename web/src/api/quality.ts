import { api, data, type Quality, type RowPage } from "./client";
import { exactJson } from "./exact_json";

export function readQuality(name: string, ordinal: number, signal: AbortSignal): Promise<Quality> {
  return data(
    api.GET("/api/v1/datasets/{name}/versions/{version}/quality", {
      params: { path: { name, version: String(ordinal) } },
      signal,
    }),
  );
}

export const FOUND_PER_PAGE = 20;

export async function readFound(
  name: string,
  ordinal: number,
  finding: string,
  offset: number,
  signal: AbortSignal,
): Promise<RowPage> {
  const query = { finding, offset, limit: FOUND_PER_PAGE };
  const asked = api.GET("/api/v1/datasets/{name}/versions/{version}/quality/rows", {
    params: { path: { name, version: String(ordinal) }, query },
    parseAs: "text",
    signal,
  });
  return exactJson(await data<string>(asked)) as RowPage;
}

import { api, data, type Differences } from "./client";
import { exactJson } from "./exact_json";

/** What changed between two versions; whole numbers beyond 2^53 as text. */
export async function readDifferences(
  name: string,
  before: number,
  after: number,
  signal: AbortSignal,
): Promise<Differences> {
  const query = { before: String(before), after: String(after) };
  const asked = api.GET("/api/v1/datasets/{name}/differences", {
    params: { path: { name }, query },
    parseAs: "text",
    signal,
  });
  return exactJson(await data<string>(asked)) as Differences;
}

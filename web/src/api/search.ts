import { FACETS, HITS_PER_PAGE, type Search } from "../lib/address";
import { api, data, type Hits } from "./client";

function ask(search: Search, limit: number, signal: AbortSignal): Promise<Hits> {
  const { q, sort, page, chosen } = search;
  const query = { q, ...chosen, sort, offset: (page - 1) * HITS_PER_PAGE, limit };
  return data(api.GET("/api/v1/datasets", { params: { query }, signal }));
}

/**
 * The hits of a search. The server counts the values of a facet among the hits; of a facet that has
 * something chosen the reader wants to know what else could be chosen, so it is counted without.
 */
export async function find(search: Search, signal: AbortSignal): Promise<Hits> {
  const narrowed = FACETS.filter((facet) => search.chosen[facet].length > 0);
  const [hits, ...others] = await Promise.all([
    ask(search, HITS_PER_PAGE, signal),
    ...narrowed.map((facet) =>
      ask({ ...search, page: 1, chosen: { ...search.chosen, [facet]: [] } }, 0, signal),
    ),
  ]);
  const facets = { ...hits.facets };
  narrowed.forEach((facet, index) => {
    facets[facet] = others[index]?.facets[facet] ?? [];
  });
  return { ...hits, facets };
}

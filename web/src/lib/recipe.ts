/** Recipes as people begin them, and where their problems are. */

/** A recipe that repairs the texts of a version of the store: something to change. */
export function recipeOver(source: string): string {
  const input = source || "NAME";
  const name = (source.split("@")[0] || "name") + ".repaired";
  return `name: ${name}
inputs:
  rows: {dataset: ${input}}
steps:
  repaired:
    use: refine.text.repair
    from: rows
    with: {min_confidence: 0.9}
output: ${name}
`;
}

/** `recipe:3:5` as line and column; nothing where it is not of that form. */
export function placeIn(place: string): { line: string; column: string } | undefined {
  const match = /:(\d+):(\d+)(?: \(.*\))?$/.exec(place);
  return match ? { line: match[1]!, column: match[2]! } : undefined;
}

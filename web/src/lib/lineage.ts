/** What a version was made of, as a graph that is drawn row by row, like the log of a Git history. */

export interface LineageNode {
  id: string;
  kind: "input" | "step" | "output";
  /** As the recipe calls it; of the output, the dataset of the store. */
  name: string;
  /** From which nodes, and by which way out of them: "rows" where they have but one. */
  from: { id: string; port: string }[];
  input?: { kind: string; files?: number; sha256?: string };
  step?: { operator: string; version: number; parameters: [string, unknown][] };
}

/** A node with the lines beside it; lanes count from 0, at the left. */
export interface LineageRow {
  node: LineageNode;
  lane: number;
  /** Lanes whose line ends in the node. */
  into: number[];
  /** Lanes whose line passes by. */
  past: number[];
  /** Whether a line leaves the node. */
  out: boolean;
}

type Members = Record<string, unknown>;

const members = (value: unknown): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
const text = (value: unknown) => (typeof value === "string" ? value : "");
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** "unique.rows" is the way out "rows" of the node "unique". */
function reference(value: unknown): { id: string; port: string } {
  const [id = "", port = "rows"] = text(value).split(".");
  return { id, port };
}

/**
 * The inputs and steps that one output of a recipe came through, each after all it is made from, the
 * output last; none where the record names no such output. `source`: "stops@2".
 */
export function lineageNodes(lineage: unknown, source: string): LineageNode[] {
  const record = members(lineage);
  const recipe = members(record.recipe);
  const dataset = source.split("@")[0]!;
  const output = members(recipe.outputs)[dataset];
  if (typeof output !== "string") return [];
  const known = new Map<string, LineageNode>();
  for (const one of list(recipe.inputs).map(members)) {
    const { files, sha256 } = members(members(record.inputs)[text(one.name)]);
    known.set(text(one.name), {
      id: text(one.name),
      kind: "input",
      name: text(one.name),
      from: [],
      input: {
        kind: text(one.kind),
        files: typeof files === "number" ? files : undefined,
        sha256: text(sha256) || undefined,
      },
    });
  }
  for (const [id, value] of Object.entries(members(recipe.steps))) {
    const { operator, version, parameters, from } = members(value);
    known.set(id, {
      id,
      kind: "step",
      name: id,
      from: list(from).map(reference),
      step: {
        operator: text(operator),
        version: Number(version),
        parameters: Object.entries(members(parameters)),
      },
    });
  }
  // A point is in no name of a recipe.
  const last: LineageNode = {
    id: ".output",
    kind: "output",
    name: dataset,
    from: [reference(output)],
  };
  return ordered(last, known);
}

/** Depth first from the last node, so that what belongs together stands together. */
function ordered(last: LineageNode, known: ReadonlyMap<string, LineageNode>): LineageNode[] {
  const result: LineageNode[] = [];
  const seen = new Set<LineageNode>();
  const see = (node: LineageNode) => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const { id } of node.from) {
      const before = known.get(id);
      if (before) see(before);
    }
    result.push(node);
  };
  see(last);
  return result;
}

/** Gives every node a lane, and the lines between them; nodes as `lineageNodes` orders them. */
export function lineageRows(nodes: readonly LineageNode[]): LineageRow[] {
  const waiting = new Map<string, number>();
  for (const node of nodes) {
    for (const id of parents(node)) waiting.set(id, (waiting.get(id) ?? 0) + 1);
  }
  // Whose line runs in a lane; nobody's where it is free.
  const lanes: (string | undefined)[] = [];
  return nodes.map((node) => {
    const into = parents(node)
      .map((id) => lanes.indexOf(id))
      .filter((lane) => lane >= 0);
    for (const lane of into) {
      const id = lanes[lane]!;
      const left = waiting.get(id)! - 1;
      waiting.set(id, left);
      if (left === 0) lanes[lane] = undefined;
    }
    const past = lanes.flatMap((id, lane) => (id === undefined ? [] : [lane]));
    const straight = into.filter((lane) => lanes[lane] === undefined);
    const free = lanes.findIndex((id) => id === undefined);
    const lane = straight.length > 0 ? Math.min(...straight) : free >= 0 ? free : lanes.length;
    const out = waiting.has(node.id);
    lanes[lane] = out ? node.id : undefined;
    return { node, lane, into, past, out };
  });
}

const parents = (node: LineageNode) => [...new Set(node.from.map(({ id }) => id))];

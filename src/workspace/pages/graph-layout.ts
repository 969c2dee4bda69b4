/** A step of a graph and the steps that it comes after; ids that are no steps are passed over. */
export interface GraphNode {
  readonly id: string;
  readonly after: readonly string[];
}

/** Where everything of a graph stands, in pixels from the upper left. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  /** Path data of the lines between steps. */
  readonly edges: readonly string[];
}

/** Size of a step. */
export const NODE = { width: 196, height: 52 } as const;
const GAP = { x: 56, y: 18 } as const;
const SWEEPS = 4;

/** A step, or the place where a line passes a layer between its two ends. */
interface Place {
  readonly id: string;
  readonly layer: number;
  readonly before: string[];
  readonly next: string[];
  readonly isStep: boolean;
}

/**
 * Draws a graph from left to right: each step one layer after the last of those before it, and in each layer the order
 * in which few lines cross. A line that would close a circle is left out.
 */
export function layoutGraph(nodes: readonly GraphNode[]): GraphLayout {
  return placeLayers(withoutCrossings(layersOf(nodes, edgesOf(nodes))));
}

/** Steps whose order is known by time alone, in layers: one begins after those of the layer before it have ended. */
export function layoutLanes(lanes: readonly (readonly string[])[]): GraphLayout {
  const layers = lanes.map((ids, layer) =>
    ids.map((id): Place => ({ id, layer, before: [], next: [], isStep: true })),
  );
  return placeLayers(layers);
}

type Edge = readonly [from: string, to: string];

/** The lines between known steps, without those that would close a circle. */
function edgesOf(nodes: readonly GraphNode[]): Edge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const done = new Set<string>();
  const open = new Set<string>();
  const edges: Edge[] = [];
  const visit = (node: GraphNode): void => {
    open.add(node.id);
    for (const id of new Set(node.after)) {
      const before = byId.get(id);
      if (before === undefined || open.has(id)) continue;
      if (!done.has(id)) visit(before);
      edges.push([id, node.id]);
    }
    open.delete(node.id);
    done.add(node.id);
  };
  for (const node of nodes) if (!done.has(node.id)) visit(node);
  return edges;
}

function layersOf(nodes: readonly GraphNode[], edges: readonly Edge[]): Place[][] {
  const layerOf = longestPaths(nodes, edges);
  const places = new Map<string, Place>();
  const add = (id: string, layer: number, isStep: boolean): Place => {
    const place = { id, layer, before: [], next: [], isStep };
    places.set(id, place);
    return place;
  };
  for (const { id } of nodes) add(id, layerOf.get(id) ?? 0, true);
  for (const [from, to] of edges) {
    let last = places.get(from);
    const end = places.get(to);
    for (let layer = (layerOf.get(from) ?? 0) + 1; layer <= (layerOf.get(to) ?? 0); layer += 1) {
      const place = layer === layerOf.get(to) ? end : add(`${from}\0${to}\0${layer}`, layer, false);
      if (last === undefined || place === undefined) break;
      last.next.push(place.id);
      place.before.push(last.id);
      last = place;
    }
  }
  const layers: Place[][] = [];
  for (const place of places.values()) {
    layers[place.layer] ??= [];
    layers[place.layer]?.push(place);
  }
  return layers;
}

/** The edges come in an order in which each step's own are complete before those that follow from it. */
function longestPaths(nodes: readonly GraphNode[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const layers = new Map(nodes.map(({ id }) => [id, 0]));
  for (const [from, to] of edges) layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(from) ?? 0) + 1));
  return layers;
}

/** Moves each place next to the middle of its neighbours, layer by layer, to and fro. */
function withoutCrossings(layers: readonly Place[][]): readonly Place[][] {
  const rows = new Map<string, number>();
  const number = (layer: readonly Place[]): void => {
    for (const [row, place] of layer.entries()) rows.set(place.id, row - layer.length / 2);
  };
  for (const layer of layers) number(layer);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForwards = sweep % 2 === 0;
    for (const layer of isForwards ? layers : [...layers].reverse()) {
      const middle = new Map(
        layer.map((place) => {
          const beside = isForwards ? place.before : place.next;
          const sum = beside.reduce((total, id) => total + (rows.get(id) ?? 0), 0);
          return [place.id, beside.length === 0 ? (rows.get(place.id) ?? 0) : sum / beside.length];
        }),
      );
      layer.sort((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0));
      number(layer);
    }
  }
  return layers;
}

function placeLayers(layers: readonly (readonly Place[])[]): GraphLayout {
  const pitch = { x: NODE.width + GAP.x, y: NODE.height + GAP.y };
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const spots = new Map(
    layers.flatMap((layer, column) =>
      layer.map((place, row) => {
        const y = (row + (tallest - layer.length) / 2) * pitch.y;
        return [place.id, { x: column * pitch.x, y, place }] as const;
      }),
    ),
  );
  const edges = [...spots.values()].flatMap(({ x, y, place }) =>
    place.next.flatMap((id) => {
      const to = spots.get(id);
      return to === undefined ? [] : [curve(x, y, to.x, to.y, place.isStep)];
    }),
  );
  const steps = [...spots].filter(([, { place }]) => place.isStep);
  return {
    width: Math.max(1, layers.length) * pitch.x - GAP.x,
    height: tallest * pitch.y - GAP.y,
    nodes: new Map(steps.map(([id, { x, y }]) => [id, { x, y }])),
    edges,
  };
}

/** From the right side of one place to the left side of the next; where a line only passes, it goes on straight. */
function curve(x: number, y: number, toX: number, toY: number, isStep: boolean): string {
  const middle = NODE.height / 2;
  const from = x + NODE.width;
  const half = (toX - from) / 2;
  const start = isStep ? `M${from} ${y + middle}` : `M${x} ${y + middle}H${from}`;
  return `${start}C${from + half} ${y + middle} ${toX - half} ${toY + middle} ${toX} ${toY + middle}`;
}

// Marks that would lie on each other become one that carries the worst level and how many they are.
import { map } from "./map.mjs";

/**
 * A mark and where it lies on the canvas, in units.
 * @typedef {{mark: Mark, at: [number, number]}} Placed
 *
 * Marks that are drawn as one.
 * @typedef {object} Cluster
 * @property {[number, number]} at
 * @property {number} level the worst of them
 * @property {boolean} unack whether one of them waits
 * @property {boolean} minor whether nothing is to be done now
 * @property {Mark[]} marks
 * @property {number} count how many they are; a cabinet does not count beside its lights
 */

const BY_CAUSE_ZOOMS = 3; // so far above the park's zoom, lights of one cabinet are one mark

/** @type {(a: Placed, b: Placed) => number} */
const worstFirst = (a, b) => b.mark.level - a.mark.level || (a.mark.id < b.mark.id ? -1 : 1);

/**
 * @param {Placed[]} items
 * @returns {Cluster}
 */
function asGroup(items) {
  const first = items[0];
  /** @param {0 | 1} axis */
  const mean = (axis) => items.reduce((sum, item) => sum + item.at[axis], 0) / items.length;
  return {
    at: first.mark.level === 4 ? first.at : [mean(0), mean(1)],
    level: first.mark.level,
    unack: items.some((item) => item.mark.unack),
    // One lamp out: nothing to do now.
    minor: items.length === 1 && first.mark.level === 1 && !first.mark.alarms.size,
    marks: items.map((item) => item.mark),
    count: items.filter((item) => item.mark.kind !== "cabinet").length || items.length,
  };
}

/** @param {string} id */
const shortId = (id) => id.split("/").pop();

/**
 * Lights fail together with their cabinet: one cause, one mark, however long the street.
 * @param {Placed[]} items
 * @param {number} zoom
 */
function byCabinet(items, zoom) {
  /** @type {Map<string | undefined, Placed[]>} */
  const cabinets = new Map();
  /** @type {Placed[]} */
  const rest = [];
  for (const item of items) {
    const { id, kind, traits, level } = item.mark;
    const cabinet = kind === "cabinet" ? id : kind === "light" ? traits.cabinet : null;
    if (!cabinet || !level || zoom > map.fitZoom + BY_CAUSE_ZOOMS) rest.push(item);
    else cabinets.set(shortId(cabinet), [...(cabinets.get(shortId(cabinet)) || []), item]);
  }
  return { together: [...cabinets.values()], rest };
}

/**
 * Put each mark to the first one that is near enough.
 * @param {Placed[]} items the worst first
 * @param {number} radius in units of the canvas
 */
function byPlace(items, radius) {
  // A grid of cells as wide as the radius: what is near lies in the cell or one beside it.
  /** @type {Map<string, Placed[][]>} */
  const seeds = new Map();
  /** @type {Placed[][]} */
  const groups = [];
  for (const item of items) {
    const [column, row] = item.at.map((value) => Math.floor(value / radius));
    /** @type {Placed[] | undefined} */
    let home;
    for (let i = column - 1; i <= column + 1 && !home; i++)
      for (let j = row - 1; j <= row + 1 && !home; j++)
        home = (seeds.get(`${i}/${j}`) || []).find(
          (group) => Math.hypot(group[0].at[0] - item.at[0], group[0].at[1] - item.at[1]) < radius,
        );
    if (home) {
      home.push(item);
      continue;
    }
    const group = [item];
    const key = `${column}/${row}`;
    groups.push(group);
    seeds.set(key, [...(seeds.get(key) || []), group]);
  }
  return groups;
}

/**
 * Fold `[{mark, at}]` into `[{at, level, unack, minor, marks, count}]` (a cabinet does not count beside its
 * lights), worst first; the same input gives the same groups.
 * @param {Placed[]} items
 * @param {number} radius in units of the canvas
 * @param {number} zoom
 */
export const clusterMarks = (items, radius, zoom) => {
  const { together, rest } = byCabinet([...items].sort(worstFirst), zoom);
  return [...together, ...byPlace(rest, radius)].map(asGroup).sort((a, b) => b.level - a.level);
};

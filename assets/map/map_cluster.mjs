// Marks that would lie on each other become one that carries the worst level and how many they are.
import { map } from "./map.mjs";

const BY_CAUSE_ZOOMS = 3; // so far above the park's zoom, lights of one cabinet are one mark

const worstFirst = (a, b) => b.mark.level - a.mark.level || (a.mark.id < b.mark.id ? -1 : 1);

function asGroup(items) {
  const first = items[0];
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

const short = (id) => String(id).split("/").pop();

// Lights fail together with their cabinet: one cause, one mark, however long the street.
function byCabinet(items, zoom) {
  const cabinets = new Map();
  const rest = [];
  for (const item of items) {
    const { id, kind, traits, level } = item.mark;
    const cabinet = kind === "cabinet" ? id : kind === "light" ? traits.cabinet : null;
    if (!cabinet || !level || zoom > map.fitZoom + BY_CAUSE_ZOOMS) rest.push(item);
    else if (cabinets.has(short(cabinet))) cabinets.get(short(cabinet)).push(item);
    else cabinets.set(short(cabinet), [item]);
  }
  return { together: [...cabinets.values()], rest };
}

function byPlace(items, radius) {
  const seeds = new Map();
  const groups = [];
  for (const item of items) {
    const [column, row] = item.at.map((value) => Math.floor(value / radius));
    let home = null;
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
 */
export const clusterMarks = (items, radius, zoom) => {
  const { together, rest } = byCabinet([...items].sort(worstFirst), zoom);
  return [...together, ...byPlace(rest, radius)].map(asGroup).sort((a, b) => b.level - a.level);
};

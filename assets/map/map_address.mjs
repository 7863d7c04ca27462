// An address that names an asset (`/?asset=<id>`) opens its card and flies to it, once the map knows it.
import { flyToMark, map, onMarksChange } from "./map.mjs";
import { selectAsset } from "./map_card.mjs";

/** @type {string | null} */
let wanted = new URLSearchParams(window.location.search).get("asset");

onMarksChange(() => {
  const mark = wanted && map.marks.get(wanted);
  if (!mark || !map.view) return;
  wanted = null;
  selectAsset(mark.id);
  flyToMark(mark);
});

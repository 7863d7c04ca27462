// Zones, lines and masks on a camera's picture: drawn and moved by mouse, finger or keys.

import { createSvg, drawSvg, el, setText, whenMounted } from "../../core/dom.mjs";
import { translate } from "../../core/texts.mjs";
import { announceEdit, editor, onEdit, pointsOf } from "./editor.mjs";

const FRESH = {
  zones: (n) => ({ name: `zone${n}`, polygon: [], rules: [] }),
  lines: (n) => ({ name: `line${n}`, points: [], rules: [] }),
  masks: () => ({ polygon: [] }),
};
const WORDS = { zones: "구역 그리기", lines: "선 그리기", masks: "가림 그리기" };
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const DOT_PX = 6;
const REACH_PX = 22;
let stage = null;
let svg = null;
let canvas = null;
let drawing = null;
let dragging = false;
let hint = null;

const chosen = () => editor.chosen && editor.camera[editor.chosen.part][editor.chosen.index];
const least = (part) => (part === "lines" ? 2 : 3);
const own = () => pointsOf(editor.chosen.part, chosen());

function free(part) {
  const names = new Set(editor.camera[part].map((place) => place.name));
  for (let n = 1; ; n += 1) if (!names.has(FRESH[part](n).name)) return FRESH[part](n);
}

function begin(part) {
  drawing = { part, points: [] };
  editor.chosen = null;
  editor.point = -1;
  announceEdit(["draw"], false);
}

/** What was drawn becomes a zone, line or mask when it has points enough. */
function finish() {
  if (!drawing || drawing.points.length < least(drawing.part)) return;
  const { part, points } = drawing;
  const place = free(part);
  if (part === "lines") place.points = points;
  else place.polygon = points;
  editor.camera[part].push(place);
  editor.chosen = { part, index: editor.camera[part].length - 1 };
  drawing = null;
  announceEdit(["draw", "rules"]);
}

function spot(event) {
  const box = svg.getBoundingClientRect();
  const [width, height] = editor.camera.frame;
  const x = ((event.clientX - box.left) / box.width) * width;
  const y = ((event.clientY - box.top) / box.height) * height;
  return inside([x, y]);
}

const inside = ([x, y]) => [
  Math.min(editor.camera.frame[0], Math.max(0, Math.round(x))),
  Math.min(editor.camera.frame[1], Math.max(0, Math.round(y))),
];

function press(event) {
  const { part, index, point } = event.target.dataset;
  if (drawing) {
    drawing.points.push(spot(event));
    if (drawing.part === "lines" && drawing.points.length === 2) finish();
    else paint();
    return;
  }
  if (part === undefined) return;
  editor.chosen = { part, index: Number(index) };
  editor.point = point === undefined ? -1 : Number(point);
  dragging = editor.point >= 0;
  if (dragging) svg.setPointerCapture(event.pointerId);
  announceEdit(["draw", "rules"], false);
  focus();
}

function focus() {
  const dot = editor.point >= 0 && svg.querySelector(`[data-point="${editor.point}"]`);
  if (dot) dot.focus({ preventScroll: true });
}

function move(event) {
  if (!dragging || !chosen()) return;
  own()[editor.point] = spot(event);
  announceEdit(["draw"]);
}

function insert() {
  if (!chosen() || editor.chosen.part === "lines" || editor.point < 0) return;
  const points = own();
  const [x, y] = points[editor.point];
  const [nx, ny] = points[(editor.point + 1) % points.length];
  points.splice(editor.point + 1, 0, inside([(x + nx) / 2, (y + ny) / 2]));
  editor.point += 1;
  announceEdit(["draw"]);
  focus();
}

function drop() {
  if (!chosen() || editor.point < 0 || own().length <= least(editor.chosen.part)) return;
  own().splice(editor.point, 1);
  editor.point = Math.min(editor.point, own().length - 1);
  announceEdit(["draw"]);
  focus();
}

/** Take the chosen zone, line or mask away. */
export const removeChosen = () => {
  if (!chosen()) return;
  editor.camera[editor.chosen.part].splice(editor.chosen.index, 1);
  editor.chosen = null;
  editor.point = -1;
  announceEdit(["draw", "rules"]);
};

function key(event) {
  if (drawing && event.key === "Enter") finish();
  else if (drawing && event.key === "Escape") {
    drawing = null;
    paint();
  } else if (event.key === "Insert") insert();
  else if (event.key === "Delete" || event.key === "Backspace") drop();
  else if (STEPS[event.key] && editor.point >= 0 && chosen()) {
    const far = event.shiftKey ? 10 : 1;
    const [dx, dy] = STEPS[event.key];
    const [x, y] = own()[editor.point];
    own()[editor.point] = inside([x + dx * far, y + dy * far]);
    announceEdit(["draw"]);
  } else return;
  event.preventDefault();
}

const joined = (points) => points.map((point) => point.join(",")).join(" ");

function shape(part, place, index) {
  const points = pointsOf(part, place);
  const on = editor.chosen && editor.chosen.part === part && editor.chosen.index === index;
  const tag = part === "lines" ? "polyline" : "polygon";
  const marks = [
    [
      tag,
      {
        class: `setup-shape ${part}${on ? " on" : ""}`,
        points: joined(points),
        "data-part": part,
        "data-index": index,
      },
      "",
    ],
  ];
  if (place.name && points.length) {
    const [x, y] = points.reduce((top, point) => (point[1] < top[1] ? point : top));
    marks.push([
      "text",
      { class: "setup-name", x, y: Math.max(14, y - 6), "font-size": editor.camera.frame[0] / 45 },
      place.name,
    ]);
  }
  return marks;
}

function dots() {
  if (!chosen()) return [];
  const px = editor.camera.frame[0] / (svg.clientWidth || editor.camera.frame[0]);
  const { part, index } = editor.chosen;
  return own().flatMap(([cx, cy], point) => [
    ["circle", { class: `setup-dot${point === editor.point ? " on" : ""}`, cx, cy, r: DOT_PX * px }, ""],
    [
      "circle",
      {
        class: "setup-reach",
        cx,
        cy,
        r: REACH_PX * px,
        tabindex: 0,
        role: "button",
        "data-part": part,
        "data-index": index,
        "data-point": point,
        "aria-label": translate("점 {n}: {x}, {y}", { n: point + 1, x: cx, y: cy }),
      },
      "",
    ],
  ]);
}

function paint() {
  if (!svg || !editor.camera) return;
  const [width, height] = editor.camera.frame;
  stage.style.aspectRatio = `${width} / ${height}`;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const marks = ["masks", "zones", "lines"].flatMap((part) =>
    editor.camera[part].flatMap((place, index) => shape(part, place, index)),
  );
  if (drawing)
    marks.push(
      ["polyline", { class: `setup-shape ${drawing.part} on`, points: joined(drawing.points) }, ""],
      ...drawing.points.map(([cx, cy]) => [
        "circle",
        { class: "setup-dot on", cx, cy, r: (DOT_PX * width) / (svg.clientWidth || width) },
        "",
      ]),
    );
  drawSvg(svg, [...marks, ...dots()]);
  svg.classList.toggle("drawing", Boolean(drawing));
  setText(
    hint,
    drawing
      ? translate("화면을 눌러 점을 찍으세요. Enter 또는 ‘그리기 끝’으로 마칩니다.")
      : translate("점을 끌거나, 고른 뒤 화살표 키로 옮깁니다."),
  );
}

function picture() {
  if (!canvas || !editor.picture) return;
  Object.assign(canvas, { width: editor.picture.width, height: editor.picture.height });
  canvas.getContext("2d").drawImage(editor.picture, 0, 0);
}

function button(label, act, id) {
  const node = el("button", "", translate(label));
  Object.assign(node, { type: "button", id });
  node.addEventListener("click", act);
  return node;
}

whenMounted("#setup-picture", (host) => {
  const tools = el("div", "setup-tools");
  const wrap = el("div", "setup-wrap");
  stage = el("div", "setup-stage");
  canvas = el("canvas");
  svg = createSvg("setup-svg", translate("카메라 화면"));
  svg.setAttribute("role", "application");
  svg.setAttribute("tabindex", "0");
  hint = el("span", "setup-hint");
  tools.append(
    ...Object.entries(WORDS).map(([part, word]) => button(word, () => begin(part), `setup-add-${part}`)),
    button("그리기 끝", finish, "setup-finish"),
    button("점 넣기", insert, "setup-insert"),
    button("점 빼기", drop, "setup-drop"),
    button("고른 것 지우기", removeChosen, "setup-remove"),
  );
  svg.addEventListener("pointerdown", press);
  svg.addEventListener("pointermove", move);
  svg.addEventListener("pointerup", () => {
    dragging = false;
  });
  svg.addEventListener("dblclick", finish);
  svg.addEventListener("keydown", key);
  stage.append(canvas, svg);
  wrap.append(stage);
  host.append(tools, wrap, hint);
  onEdit("picture", picture);
  onEdit("draw", paint);
  window.addEventListener("resize", paint);
});

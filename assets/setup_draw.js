// Zones, lines and masks on a camera's picture: drawn and moved by mouse, finger or keys.
(() => {
  "use strict";
  const { el } = dom, setup = gwanje.setup;
  const FRESH = { zones: (n) => ({ name: `zone${n}`, polygon: [], rules: [] }), lines: (n) => ({ name: `line${n}`, points: [], rules: [] }), masks: () => ({ polygon: [] }) };
  const WORDS = { zones: "구역 그리기", lines: "선 그리기", masks: "가림 그리기" };
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const DOT_PX = 6, REACH_PX = 22;
  let stage = null, svg = null, canvas = null, drawing = null, dragging = false, said = null;

  const chosen = () => setup.chosen && setup.camera[setup.chosen.part][setup.chosen.index];
  const least = (part) => (part === "lines" ? 2 : 3);
  const own = () => setup.points(setup.chosen.part, chosen());

  function free(part) {
    const names = new Set(setup.camera[part].map((one) => one.name));
    for (let n = 1; ; n += 1) if (!names.has(FRESH[part](n).name)) return FRESH[part](n);
  }

  function begin(part) {
    drawing = { part, points: [] };
    setup.chosen = null;
    setup.point = -1;
    setup.tell(["draw"], false);
  }

  /** What was drawn becomes a zone, line or mask when it has points enough. */
  function finish() {
    if (!drawing || drawing.points.length < least(drawing.part)) return;
    const { part, points } = drawing, one = free(part);
    if (part === "lines") one.points = points; else one.polygon = points;
    setup.camera[part].push(one);
    setup.chosen = { part, index: setup.camera[part].length - 1 };
    drawing = null;
    setup.tell(["draw", "rules"]);
  }

  function spot(event) {
    const box = svg.getBoundingClientRect(), [width, height] = setup.camera.frame;
    const x = ((event.clientX - box.left) / box.width) * width, y = ((event.clientY - box.top) / box.height) * height;
    return inside([x, y]);
  }

  const inside = ([x, y]) => [Math.min(setup.camera.frame[0], Math.max(0, Math.round(x))), Math.min(setup.camera.frame[1], Math.max(0, Math.round(y)))];

  function press(event) {
    const { part, index, point } = event.target.dataset;
    if (drawing) {
      drawing.points.push(spot(event));
      if (drawing.part === "lines" && drawing.points.length === 2) finish(); else paint();
      return;
    }
    if (part === undefined) return;
    setup.chosen = { part, index: Number(index) };
    setup.point = point === undefined ? -1 : Number(point);
    dragging = setup.point >= 0;
    if (dragging) svg.setPointerCapture(event.pointerId);
    setup.tell(["draw", "rules"], false);
    focus();
  }

  function focus() {
    const dot = setup.point >= 0 && svg.querySelector(`[data-point="${setup.point}"]`);
    if (dot) dot.focus({ preventScroll: true });
  }

  function move(event) {
    if (!dragging || !chosen()) return;
    own()[setup.point] = spot(event);
    setup.tell(["draw"]);
  }

  function insert() {
    if (!chosen() || setup.chosen.part === "lines" || setup.point < 0) return;
    const points = own(), [x, y] = points[setup.point], [nx, ny] = points[(setup.point + 1) % points.length];
    points.splice(setup.point + 1, 0, inside([(x + nx) / 2, (y + ny) / 2]));
    setup.point += 1;
    setup.tell(["draw"]);
    focus();
  }

  function drop() {
    if (!chosen() || setup.point < 0 || own().length <= least(setup.chosen.part)) return;
    own().splice(setup.point, 1);
    setup.point = Math.min(setup.point, own().length - 1);
    setup.tell(["draw"]);
    focus();
  }

  /** Take the chosen zone, line or mask away. */
  setup.remove = () => {
    if (!chosen()) return;
    setup.camera[setup.chosen.part].splice(setup.chosen.index, 1);
    setup.chosen = null;
    setup.point = -1;
    setup.tell(["draw", "rules"]);
  };

  function key(event) {
    if (drawing && event.key === "Enter") finish();
    else if (drawing && event.key === "Escape") { drawing = null; paint(); }
    else if (event.key === "Insert") insert();
    else if (event.key === "Delete" || event.key === "Backspace") drop();
    else if (STEPS[event.key] && setup.point >= 0 && chosen()) {
      const far = event.shiftKey ? 10 : 1, [dx, dy] = STEPS[event.key], [x, y] = own()[setup.point];
      own()[setup.point] = inside([x + dx * far, y + dy * far]);
      setup.tell(["draw"]);
    } else return;
    event.preventDefault();
  }

  const joined = (points) => points.map((point) => point.join(",")).join(" ");

  function shape(part, one, index) {
    const points = setup.points(part, one), on = setup.chosen && setup.chosen.part === part && setup.chosen.index === index;
    const tag = part === "lines" ? "polyline" : "polygon";
    const marks = [[tag, { class: `setup-shape ${part}${on ? " on" : ""}`, points: joined(points), "data-part": part, "data-index": index }, ""]];
    if (one.name && points.length) {
      const [x, y] = points.reduce((top, point) => (point[1] < top[1] ? point : top));
      marks.push(["text", { class: "setup-name", x, y: Math.max(14, y - 6), "font-size": setup.camera.frame[0] / 45 }, one.name]);
    }
    return marks;
  }

  function dots() {
    if (!chosen()) return [];
    const px = setup.camera.frame[0] / (svg.clientWidth || setup.camera.frame[0]), { part, index } = setup.chosen;
    return own().flatMap(([cx, cy], point) => [
      ["circle", { class: `setup-dot${point === setup.point ? " on" : ""}`, cx, cy, r: DOT_PX * px }, ""],
      ["circle", { class: "setup-reach", cx, cy, r: REACH_PX * px, tabindex: 0, role: "button", "data-part": part, "data-index": index, "data-point": point,
        "aria-label": gwanje.text("점 {n}: {x}, {y}", { n: point + 1, x: cx, y: cy }) }, ""]]);
  }

  function paint() {
    if (!svg || !setup.camera) return;
    const [width, height] = setup.camera.frame;
    stage.style.aspectRatio = `${width} / ${height}`;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const marks = ["masks", "zones", "lines"].flatMap((part) => setup.camera[part].flatMap((one, index) => shape(part, one, index)));
    if (drawing) marks.push(["polyline", { class: `setup-shape ${drawing.part} on`, points: joined(drawing.points) }, ""],
      ...drawing.points.map(([cx, cy]) => ["circle", { class: "setup-dot on", cx, cy, r: (DOT_PX * width) / (svg.clientWidth || width) }, ""]));
    dom.draw(svg, [...marks, ...dots()]);
    svg.classList.toggle("drawing", Boolean(drawing));
    dom.put(said, drawing ? gwanje.text("화면을 눌러 점을 찍으세요. Enter 또는 ‘그리기 끝’으로 마칩니다.") : gwanje.text("점을 끌거나, 고른 뒤 화살표 키로 옮깁니다."));
  }

  function picture() {
    if (!canvas || !setup.picture) return;
    Object.assign(canvas, { width: setup.picture.width, height: setup.picture.height });
    canvas.getContext("2d").drawImage(setup.picture, 0, 0);
  }

  function button(label, act, id) {
    const node = el("button", "", gwanje.text(label));
    Object.assign(node, { type: "button", id });
    node.addEventListener("click", act);
    return node;
  }

  gwanje.mount("#setup-picture", (host) => {
    const tools = el("div", "setup-tools"), wrap = el("div", "setup-wrap");
    stage = el("div", "setup-stage");
    canvas = el("canvas");
    svg = dom.drawing("setup-svg", gwanje.text("카메라 화면"));
    svg.setAttribute("role", "application");
    svg.setAttribute("tabindex", "0");
    said = el("span", "setup-hint");
    tools.append(...Object.entries(WORDS).map(([part, word]) => button(word, () => begin(part), `setup-add-${part}`)),
      button("그리기 끝", finish, "setup-finish"), button("점 넣기", insert, "setup-insert"), button("점 빼기", drop, "setup-drop"), button("고른 것 지우기", setup.remove, "setup-remove"));
    svg.addEventListener("pointerdown", press);
    svg.addEventListener("pointermove", move);
    svg.addEventListener("pointerup", () => { dragging = false; });
    svg.addEventListener("dblclick", finish);
    svg.addEventListener("keydown", key);
    stage.append(canvas, svg);
    wrap.append(stage);
    host.append(tools, wrap, said);
    setup.on("picture", picture);
    setup.on("draw", paint);
    window.addEventListener("resize", paint);
  });
})();

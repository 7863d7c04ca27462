// What both pages of cameras share: all cameras with what is drawn on them, going there, stills of a change.
(() => {
  "use strict";
  const { el } = dom;
  const HEALTH = { lost: "신호 끊김", frozen: "화면 멈춤", black: "화면 어두움", white: "화면 밝음", covered: "가림 의심",
    defocused: "초점 흐림", turned: "방향 틀어짐", slow: "느림" };
  const NAMES = { person: "사람", bicycle: "자전거", car: "승용차", motorcycle: "오토바이", bus: "버스", truck: "화물차",
    backpack: "배낭", handbag: "손가방", suitcase: "여행 가방", object: "움직임" };

  /** Every camera of the park, with frame, zones and lines of its file where there is one. */
  async function all() {
    const [assets, drawn] = await Promise.all([gwanje.get("/api/v1/assets?kind=camera"), gwanje.get("/api/v1/cameras/outlines")]);
    return assets.map((camera) => ({ ...camera, traits: { ...camera.traits, ...drawn[camera.id.split("/").pop()] } }));
  }

  /** Go to a page of the room without loading it anew. */
  function go(pathname) {
    const search = gwanje.lang === "ko" ? "" : `?lang=${gwanje.lang}`;
    window.dash_clientside.set_props("location", { pathname, search });
  }

  /** Go to the desk and show a camera on its map, as soon as that is drawn. */
  function onMap({ id }) {
    go("/");
    const look = setInterval(() => {
      const mark = gwanje.map.view && document.querySelector("#map-view") && gwanje.map.marks.get(id);
      if (!mark) return;
      clearInterval(look);
      gwanje.map.goTo(mark);
      gwanje.map.select(id);
    }, 300);
  }

  /** A still with its caption; `purpose` stands in the audit trail once it is looked at. */
  function still(id, label, purpose) {
    const figure = el("figure", "camera-still");
    if (id) {
      const image = el("img");
      image.loading = "lazy"; // what nobody scrolls to was not looked at
      image.src = stillPath(id, purpose);
      image.alt = gwanje.text(label);
      image.addEventListener("error", () => image.replaceWith(el("p", "calm", gwanje.text("정지 화면 없음"))));
      figure.append(image);
    } else figure.append(el("p", "calm", gwanje.text("정지 화면 없음")));
    figure.append(el("figcaption", "", gwanje.text(label)));
    return figure;
  }

  /** Where a still is, for whoever says what it is looked at for. */
  const stillPath = (id, purpose) => `/api/v1/stills/${encodeURIComponent(id)}?purpose=${encodeURIComponent(purpose)}`;

  /** The two stills of a change of health of a camera, one before and one after it. */
  function pair({ before, after }, camera) {
    const node = el("div", "camera-pair"), purpose = gwanje.text("카메라 {camera} 상태 점검", { camera: camera.id.split("/").pop() });
    node.append(still(before, "바뀌기 전", purpose), still(after, "바뀐 뒤", purpose));
    return node;
  }

  /** Show both stills of a change of health over the page. */
  function stills(facts, camera) {
    const box = el("dialog", "ask camera-stills"), close = el("button", "", gwanje.text("닫기"));
    close.type = "button";
    close.addEventListener("click", () => box.close());
    box.addEventListener("close", () => box.remove());
    box.append(el("h3", "", `${camera.id.split("/").pop()} · ${word(facts.state)}`), el("p", "", said(facts.detail)), pair(facts, camera), close);
    document.body.append(box);
    box.showModal();
  }

  /** Say in `node` how full the shelf of clips is; when little is left, what goes next. */
  async function shelf(node) {
    try {
      const told = await gwanje.get("/api/v1/cameras/shelf");
      const full = told && gwanje.text("영상 저장 공간 {p} % 사용", { p: gwanje.number((100 * told.used_bytes) / told.budget_bytes) });
      const next = told && told.tight && (told.next ? gwanje.text("곧 지워질 영상: {camera} {time}", { camera: told.next.camera.split("/").pop(), time: gwanje.date(told.next.began_ms) })
        : gwanje.text("모두 보존 중: 지울 영상이 없어 한도를 넘습니다"));
      dom.put(node, [next ? "▲" : "", full, next].filter(Boolean).join(" · ").replace("▲ · ", "▲ "));
      node.classList.toggle("over", Boolean(next));
    } catch (error) { console.warn("shelf", error.message); }
  }

  /** A state of health in words. */
  const word = (state) => gwanje.text(state === "ok" ? "정상" : HEALTH[state] || "알 수 없음");

  /** What a detector names, in words; nothing for nothing. */
  const named = (label) => (label ? gwanje.text(NAMES[label] || label) : "");

  const HANGUL = /[가-힣]/, MODEL = "model ";

  /** What a camera says of itself, told as "Korean · English: reason", in the page's language; of its model says `model`. */
  function said(detail, reasons = true) {
    const parts = (detail || "").split(" · ").filter((part) => part && !part.startsWith(MODEL));
    const both = (at) => at >= 0 && HANGUL.test(parts[at]) && Boolean(parts[at + 1]) && !HANGUL.test(parts[at + 1]);
    const reason = (part) => (reasons && part.includes(": ") ? part.slice(part.indexOf(": ")) : "");
    const about = (part) => (/^[^가-힣]*: /.exec(part) || [""])[0]; // what it is about, before the colon, is in neither
    if (gwanje.lang === "ko") return parts.map((part, at) => (both(at) ? part + reason(parts[at + 1]) : both(at - 1) ? "" : part)).filter(Boolean).join(" · ");
    return parts.map((part, at) => (both(at) ? "" : both(at - 1) ? about(parts[at - 1]) + part : part)).filter(Boolean).join(" · ");
  }

  /** The model that a camera says it sees by; nothing when it tells of none. */
  const model = (detail) => ((detail || "").split(" · ").find((part) => part.startsWith(MODEL)) || "").slice(MODEL.length);

  gwanje.cameraPage = { HEALTH, NAMES, all, go, model, named, onMap, pair, said, shelf, stills, still, stillPath, word };
})();

// Setting up cameras: the list of them, one camera's source, saving. What the page edits is `gwanje.setup.camera`.
(() => {
  "use strict";
  const { el, put } = dom;
  const BASE = "/api/v1/cameras/setup";
  const STATES = { ok: "정상", wrong: "파일 오류", none: "설정 없음" };
  const heard = { draw: new Set(), rules: new Set(), picture: new Set() };

  const setup = {
    name: location.pathname.startsWith("/cameras/setup/") ? decodeURIComponent(location.pathname.split("/")[3]) : "",
    camera: null, told: null, chosen: null, point: -1, dirty: false,
    /** Call `then` now, if the camera is known, and whenever its drawing, rules or picture change. */
    on(kind, then) { heard[kind].add(then); if (setup.camera) then(); },
    /** Tell that these changed: by hand, unless `edited` is false. */
    tell(kinds, edited = true) {
      if (edited) setup.dirty = true;
      for (const kind of kinds) heard[kind].forEach((then) => then());
      dom.note("setup-source", setup.dirty ? gwanje.text("저장하지 않은 변경") : "");
    },
    points: (part, one) => (part === "lines" ? one.points : one.polygon),
    path: (rest = "") => `${BASE}/${encodeURIComponent(setup.name)}${rest}`,
    rules: {},
  };
  gwanje.setup = setup;

  /** What is wrong with a file, and whether its camera goes on without it. */
  const runs = (one) => `${wrong(one)} · ${gwanje.text(one.runs ? "마지막으로 바른 설정으로 보고 있음" : "이 카메라만 꺼짐")}`;
  /** A file's fault as the checker says it, in words: pattern, msgid, the names of what it found. */
  const FAULTS = [
    [/^Expected `(.+)` (>=|<=|>|<) (.+)$/, "값이 {sign} {n} 이어야 합니다", ["", "sign", "n"]],
    [/^Expected `(.+?)`, got `(.+)`$/, "{wanted} 이어야 하는데 {got} 입니다", ["wanted", "got"]],
    [/^Object missing required field `(.+)`$/, "{name} 항목이 없습니다", ["name"]],
    [/^Object contains unknown field `(.+)`$/, "모르는 항목입니다: {name}", ["name"]],
    [/^Invalid (?:enum )?value '?(.+?)'?$/, "모르는 값입니다: {value}", ["value"]],
    [/^point \((.+)\) lies outside \((.+)\)$/, "점 ({point})이 화면 {frame} 밖입니다", ["point", "frame"]],
    [/^the edges of the polygon cross/, "다각형의 변이 서로 엇갈리거나 넓이가 없습니다", []],
    [/^a name is used twice: \[(.+)\]$/, "이름이 두 번 쓰였습니다: {names}", ["names"]],
    [/^'(.+)' is not the file's name$/, "파일 이름과 다릅니다: {name}", ["name"]],
    [/^the line begins where it ends$/, "선의 두 끝이 같은 점입니다", []],
    [/line '(.+)' is crossed (\w+) or (\w+), never '(\w+)'$/, "선 ‘{line}’에는 ‘{way}’ 방향이 없습니다: {one} 또는 {other}", ["line", "one", "other", "way"]],
    [/is told from ([\d.]+) pictures a second on, not from ([\d.]+)$/, "화재와 연기는 초당 {n}장 이상을 봐야 판단합니다 (지금 {now}장)", ["n", "now"]],
    [/^nested too deeply$/, "괄호가 너무 깊이 겹쳐 있습니다", []],
    [/^not TOML: (.+)$/, "TOML 문법에 맞지 않습니다: {why}", ["why"]],
  ];

  function fault(reason) {
    for (const [pattern, text, names] of FAULTS) {
      const found = pattern.exec(reason);
      const said = (name, at) => (["one", "other", "way"].includes(name) ? setup.way(found[at + 1]) : found[at + 1]);
      if (found) return gwanje.text(text, Object.fromEntries(names.map((name, at) => [name, said(name, at)])));
    }
    return reason;
  }

  function wrong(one) { return `${one.line ? `${gwanje.text("{n}행", { n: one.line })} · ` : ""}${one.key}: ${fault(one.reason)}`; }

  /** POST; a camera that is refused is refused in words. */
  setup.post = async (path, body) => {
    try { return await gwanje.record.post(path, body); }
    catch (error) {
      const said = /^(\S+): (.*) \(line (\d+)\)$/.exec(error.detail || error.message);
      throw said ? new Error(wrong({ key: said[1], reason: said[2], line: Number(said[3]) })) : error;
    }
  };

  gwanje.mount("#setup-list", async (host) => {
    const rows = await gwanje.get(BASE);
    dom.note("setup-list", gwanje.text("{n}건", { n: gwanje.number(rows.length) }));
    host.append(gwanje.record.table(["카메라", "이름", "파일", "무엇이 문제인지", "저장된 곳"], rows.map((one) => {
      const link = el("a", "", one.id), state = el("b", `setup-state ${one.state}`, gwanje.text(STATES[one.state]));
      link.href = `/cameras/setup/${encodeURIComponent(one.id)}${location.search}`;
      const why = one.state === "wrong" ? runs(one) : (one.off || []).join(" / ");
      return [link, one.name ? dom.name(one.name) : "–", state, why, one.state === "none" ? "–" : gwanje.text(one.own ? "관제실" : "단지 파일")];
    })));
  });

  async function load() {
    const told = await gwanje.get(setup.path());
    Object.assign(setup, { told, camera: told.camera });
    for (const part of ["zones", "lines", "masks", "rules"]) setup.camera[part] = setup.camera[part] || [];
    const [zone] = setup.camera.zones;
    setup.chosen = zone ? { part: "zones", index: 0 } : null;
    setup.tell(["draw", "rules"], false);
  }

  /** The camera as it is sent: what is empty is left out. */
  setup.sent = () => ({ camera: Object.fromEntries(Object.entries(setup.camera).filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length))) });

  function choices(sources) {
    const list = el("datalist");
    list.id = "setup-sources";
    const all = [...sources.samples, ...sources.files, ...sources.devices];
    list.append(...all.map((value) => Object.assign(el("option"), { value })));
    return list;
  }

  async function save() {
    const { lost = [] } = await setup.post(setup.path(), setup.sent());
    setup.dirty = false;
    await load();
    const said = gwanje.text("저장했습니다. 카메라가 곧 새 설정으로 다시 봅니다.");
    return lost.length ? `${said} ${gwanje.text("함께 지워진 주석: {remarks}", { remarks: lost.join(" / ") })}` : said;
  }

  /** Take one picture of the source and hand it to the drawing. */
  async function look() {
    const answer = await fetch(setup.path("/look"), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(setup.sent()) });
    if (!answer.ok) throw await gwanje.record.refusal(answer);
    setup.picture = await createImageBitmap(await answer.blob());
    if (!setup.told.file.there) setup.camera.frame = [setup.picture.width, setup.picture.height];
    setup.tell(["picture", "draw"], false);
    return "";
  }

  gwanje.mount("#setup-source", async (host) => {
    await load();
    const { field, form } = gwanje.record, t = gwanje.text, camera = setup.camera;
    const ko = field("이름 (한국어)", { value: camera.name.ko, required: true }), en = field("이름 (영어)", { value: camera.name.en, required: true });
    const source = field("영상 주소, 파일 또는 장치", { value: camera.source || "", autocomplete: "off", spellcheck: false });
    const sub = field("분석용 작은 영상 (선택)", { value: camera.substream || "", autocomplete: "off", spellcheck: false });
    const list = choices(setup.told.sources);
    for (const one of [source, sub]) { one.classList.add("wide"); one.input.setAttribute("list", "setup-sources"); }
    const edit = () => {
      camera.name = { ko: ko.input.value, en: en.input.value };
      setup.camera.name = camera.name;
      setup.camera.source = source.input.value.trim();
      if (sub.input.value.trim()) setup.camera.substream = sub.input.value.trim(); else delete setup.camera.substream;
      setup.tell([]);
    };
    for (const one of [ko, en, source, sub]) one.input.addEventListener("input", edit);
    const show = form([ko, en, source, sub, list], "화면 보기", look);
    const keep = form([], "저장", save);
    keep.id = "setup-save";
    show.id = "setup-look";
    const take = (main, smaller) => {
      Object.assign(source.input, { value: main });
      Object.assign(sub.input, { value: smaller });
      edit();
      show.requestSubmit();
    };
    host.append(show, setup.search(take), keep);
    const file = setup.told.file, state = el("p", "setup-file");
    if (file.there && !file.ok) { put(state, runs(file)); state.classList.add("bad"); }
    else put(state, file.there ? t(file.own ? "관제실에서 저장한 설정을 씁니다" : "단지 파일의 설정을 씁니다") : t("아직 설정이 없습니다"));
    host.append(state);
    if (camera.source) show.requestSubmit();
  });

  window.addEventListener("beforeunload", (event) => { if (setup.dirty) event.preventDefault(); });
})();

// How far the cameras' rules can be trusted: what people said of their events, by camera and rule.
(() => {
  "use strict";
  const { el, put } = dom;
  const HEADS = ["카메라", "규칙", "이벤트", "경보", "사실", "오경보", "불분명", "판정 전", "정밀도", "오경보/대·일"];
  const DAYS = [["1", "최근 24시간"], ["7", "최근 7일"], ["30", "최근 30일"]], EVERY_MS = 30000;

  function rate(told, goal) {
    const node = el("span", told !== null && told >= goal ? "over" : "", gwanje.number(told, 2));
    if (node.className) node.title = gwanje.text("한계 {n} 이상", { n: gwanje.number(goal, 2) });
    return node;
  }

  const cells = (row, names, goal) => [row.camera ? row.camera.split("/").pop() : gwanje.text("모두"),
    row.rule ? dom.name(names[row.rule]) || row.rule : gwanje.text("모든 규칙"),
    ...[row.events, row.alarms, row.true, row.false, row.unclear, row.unverified].map((n) => gwanje.number(n)),
    gwanje.number(row.precision, 2), rate(row.false_per_day, goal)];

  gwanje.mount("#camera-figures", (host) => {
    const span = gwanje.record.field("기간", { choices: DAYS.map(([value, text]) => [value, gwanje.text(text)]) }), body = el("div"), foot = el("p", "calm"), shelf = el("p", "calm shelf-room");
    host.append(shelf, span, body, foot);
    async function load() {
      if (!host.isConnected) return;
      gwanje.cameraPage.shelf(shelf);
      try {
        const told = await gwanje.get(`/api/v1/cameras/figures?days=${span.input.value}`);
        const rows = [told.total, ...told.rows].map((row) => cells(row, told.names, told.goal_per_day));
        body.replaceChildren(gwanje.record.table(HEADS, rows));
        put(foot, gwanje.text("지켜본 시간 {d}대·일 · 한계 {n} · 정밀도는 사실 ÷ (사실 + 오경보)", { d: gwanje.number(told.camera_days, 2), n: gwanje.number(told.goal_per_day, 2) }));
        dom.note("camera-figures", gwanje.text("판정 전 {n}건", { n: gwanje.number(told.total.unverified) }));
      } catch (error) { console.warn("camera figures", error.message); }
      clearTimeout(host.next);
      host.next = setTimeout(load, EVERY_MS);
    }
    span.input.addEventListener("change", load);
    load();
  });
})();

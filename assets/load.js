// The load of the operator, always in sight: alarms of ten minutes and an hour, flood, the oldest that waits.
(() => {
  "use strict";
  const { el, put, dress } = dom;
  const WORDS = ["정상", "많음", "경보 폭주"];

  function item(host, label) {
    const node = el("span", "item"), value = el("b");
    node.append(el("span", "what", label), value);
    host.append(node);
    return (text, warn = false, hidden = false) => {
      put(value, text);
      node.classList.toggle("warn", warn);
      node.hidden = hidden;
    };
  }

  function build(host) {
    const t = gwanje.text, level = el("b", "level");
    host.append(level);
    return {
      host, level,
      ten: item(host, t("10분")), hour: item(host, t("1시간")), oldest: item(host, t("최장 미확인")),
      chattering: item(host, t("채터링")), stale: item(host, t("24시간 넘게 계속")), shelved: item(host, t("보류")),
    };
  }

  function paint(parts, { load }) {
    if (!load) return;
    const n = gwanje.number, waiting = load.oldest_unack_ms !== null && load.oldest_unack_ms !== undefined;
    dress(parts.host, `load level-${load.level}`);
    put(parts.level, gwanje.text(WORDS[load.level]));
    parts.ten(n(load.last_10min), load.level > 0);
    parts.hour(n(load.last_hour));
    parts.oldest(waiting ? gwanje.span(gwanje.age(load.oldest_unack_ms)) : "", false, !waiting);
    parts.chattering(n(load.chattering), true, !load.chattering);
    parts.stale(n(load.stale), true, !load.stale);
    parts.shelved(n(load.shelved), false, !load.shelved);
  }

  dom.panel("load", ["load"], build, paint);
})();

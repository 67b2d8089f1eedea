"use strict";
(() => {
  const form = document.querySelector(".filters");
  const rows = [...document.querySelectorAll(".question")];
  const list = document.querySelector(".rows");
  const columns = [...document.querySelectorAll("[data-sort]")];
  const shown = document.querySelector(".shown");
  const nothing = document.querySelector(".nothing");
  const fields = [...form.elements].filter((field) => field.name);

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  // what a row is searched by: its question, id and tags, what was said and what was expected
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) {
      const parts = row.querySelectorAll(".asked, .under, .reply, .accepted, .flaw");
      texts.set(row, folded([...parts].map((part) => part.textContent).join("\n")));
    }
    return texts.get(row);
  };

  const fits = (row, want) =>
    (!want.outcome || row.dataset.outcome === want.outcome) &&
    (!want.bucket || row.dataset.bucket === want.bucket) &&
    (!want.tag || row.dataset.tags.split(" ").includes(want.tag)) &&
    (!want.reply || row.dataset.reply === want.reply) &&
    want.words.every((word) => textOf(row).includes(word));

  const wanted = () => {
    const want = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    return { ...want, words: folded(want.q).split(/\s+/).filter(Boolean) };
  };

  const filter = () => {
    const want = wanted();
    let n = 0;
    for (const row of rows) {
      row.hidden = !fits(row, want);
      n += row.hidden ? 0 : 1;
    }
    nothing.hidden = n > 0;
    shown.value = n === rows.length ? `${n} questions` : `${n} of ${rows.length} questions`;
    remember();
  };

  // the filters stand in the address, so that what is seen can be sent to someone
  const remember = () => {
    const kept = new URLSearchParams(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
    const hash = kept.size ? `#?${kept}` : location.hash.startsWith("#?") ? "#" : location.hash;
    if (hash !== location.hash) history.replaceState(null, "", hash || "#");
  };

  const recall = () => {
    const hash = location.hash;
    if (hash.startsWith("#?")) {
      const kept = new URLSearchParams(hash.slice(2));
      for (const field of fields) field.value = kept.get(field.name) ?? "";
    }
    filter();
    const row = rows.find((one) => `#${one.id}` === hash);
    if (row) {
      row.open = true;
      row.scrollIntoView();
    }
  };

  const keys = {
    words: (row) => row.querySelector(".asked").textContent,
    outcome: (row) => row.querySelector(".outcome").textContent,
  };
  const number = (name) => (row) => (row.dataset[name] === "" ? NaN : Number(row.dataset[name]));

  // what is not known comes last, whichever way the rows are sorted
  const compare = (a, b) => {
    if (typeof a === "string") return a.localeCompare(b);
    return Number.isNaN(a) - Number.isNaN(b) || a - b;
  };

  const sort = (button) => {
    const name = button.dataset.sort;
    const order = button.dataset.order === "up" ? "down" : "up";
    for (const column of columns) {
      column.setAttribute("aria-pressed", String(column === button));
      delete column.dataset.order;
    }
    button.dataset.order = order;
    const key = keys[name] ?? number(name);
    const known = rows.map((row) => [key(row), Number(row.dataset.place), row]);
    const sign = order === "up" ? 1 : -1;
    known.sort(([a, m], [b, n]) => {
      const unknown = Number.isNaN(a) || Number.isNaN(b);
      return (unknown ? compare(a, b) : sign * compare(a, b)) || m - n;
    });
    list.append(...known.map(([, , row]) => row));
  };

  const pick = (bucket) => {
    form.reset();
    form.elements.bucket.value = bucket;
    filter();
    document.getElementById("questions").scrollIntoView();
    form.elements.bucket.focus({ preventScroll: true });
  };

  document.documentElement.classList.add("live");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  for (const column of columns) column.addEventListener("click", () => sort(column));
  for (const button of document.querySelectorAll(".pick")) button.addEventListener("click", () => pick(button.dataset.bucket));
  addEventListener("hashchange", recall);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      form.elements.q.focus();
    }
  });
  recall();
})();

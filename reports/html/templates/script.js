"use strict";
(() => {
  // for browsers that do not open what a link leads into
  const unfold = () => {
    const target = document.querySelector(":target");
    const closed = [];
    for (let at = target; at; at = at.parentElement) if (at.open === false) closed.push(at);
    for (const details of closed) details.open = true;
    if (closed.length) target.scrollIntoView();
  };
  for (const event of ["load", "hashchange"]) addEventListener(event, unfold);

  const table = document.querySelector(".catalogue");
  const form = document.querySelector(".filters");
  if (table && form) {
    const rows = [...table.querySelectorAll("tr[data-topic]")];
    const groups = [...table.tBodies].map((body) => [body, [...body.rows]]);
    const sorted = document.createElement("tbody");
    const filter = () => {
      const text = form.text.value.trim().toLowerCase();
      for (const row of rows) {
        row.hidden =
          (form.topic.value && row.dataset.topic !== form.topic.value) ||
          (form.status.value && row.dataset.status !== form.status.value) ||
          !row.textContent.toLowerCase().includes(text);
      }
      for (const [body, members] of groups) {
        body.hidden = !body.isConnected || members.slice(1).every((row) => row.hidden);
      }
      const shown = rows.filter((row) => !row.hidden).length;
      form.querySelector("output").textContent = `${shown} of ${rows.length} theorems`;
    };
    form.hidden = false;
    for (const event of ["input", "change"]) form.addEventListener(event, filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    const value = (row, index) => row.cells[index].dataset.value;
    for (const head of table.querySelectorAll("th[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const next = was === null ? "ascending" : was === "ascending" ? "descending" : null;
        for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
        if (next === null) {
          sorted.remove();
          for (const [body, members] of groups) {
            body.append(...members);
            table.append(body);
          }
        } else {
          head.setAttribute("aria-sort", next);
          const sign = next === "ascending" ? 1 : -1;
          const numeric = head.dataset.sort === "number";
          sorted.append(...[...rows].sort((a, b) => {
            const [left, right] = [value(a, head.cellIndex), value(b, head.cellIndex)];
            return sign * (numeric ? left - right : left.localeCompare(right));
          }));
          for (const [body] of groups) body.remove();
          table.append(sorted);
        }
        filter();
      });
    }
    filter();
  }

  for (const figure of document.querySelectorAll(".decay")) {
    for (const label of figure.querySelectorAll(".legend [data-series]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label.textContent;
      button.setAttribute("aria-pressed", "true");
      label.replaceChildren(button);
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") === "false";
        button.setAttribute("aria-pressed", String(shown));
        const marks = figure.querySelectorAll(`.chart [data-series="${label.dataset.series}"]`);
        for (const mark of marks) mark.setAttribute("visibility", shown ? "visible" : "hidden");
      });
    }
    const chart = figure.querySelector(".chart");
    const readout = figure.querySelector(".readout");
    const values = [...figure.querySelectorAll("tbody tr")].map((row) =>
      [...row.cells].map((cell) => cell.textContent));
    const line = chart.querySelector('[data-series="error"] path');
    chart.addEventListener("pointermove", (event) => {
      if (!line || !values.length) return;
      const box = line.getBoundingClientRect();
      const share = Math.min(Math.max((event.clientX - box.left) / (box.width || 1), 0), 1);
      const first = Number(values[0][0]);
      const wanted = first + share * (Number(values.at(-1)[0]) - first);
      const [k, error, bound, missing, false_] = values.reduce((best, row) =>
        Math.abs(row[0] - wanted) < Math.abs(best[0] - wanted) ? row : best);
      const support = missing && `; support: ${missing} missing, ${false_} false`;
      readout.textContent = `k = ${k}: error ${error}, bound ${bound}${support ?? ""}`;
    });
  }
})();

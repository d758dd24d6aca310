// The table of figures: keys that move between cells, Escape, and cells pasted from a spreadsheet.
// Without it the table is a plain form.
(() => {
  "use strict";

  const form = document.querySelector("form[data-cells]");
  if (!form) return;

  const rows = [...form.querySelectorAll("tbody tr")].map((row) => [
    ...row.querySelectorAll("input[data-stored]"),
  ]);

  function place(cell) {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, rows[row].indexOf(cell)];
  }

  function show(cell) {
    cell.toggleAttribute("data-changed", cell.value.trim() !== cell.dataset.stored);
  }

  function go(cell, down, across) {
    const [row, column] = place(cell);
    const next = rows[row + down]?.[column + across];
    next?.focus();
    next?.select();
  }

  function atStart(cell) {
    return cell.selectionEnd === 0 || cell.selectionEnd - cell.selectionStart === cell.value.length;
  }

  function atEnd(cell) {
    return cell.selectionStart === cell.value.length || cell.selectionEnd - cell.selectionStart === cell.value.length;
  }

  function moved(cell, event) {
    if (event.key === "Enter") go(cell, event.shiftKey ? -1 : 1, 0);
    else if (event.key === "ArrowDown") go(cell, 1, 0);
    else if (event.key === "ArrowUp") go(cell, -1, 0);
    else if (event.key === "ArrowLeft" && atStart(cell)) go(cell, 0, -1);
    else if (event.key === "ArrowRight" && atEnd(cell)) go(cell, 0, 1);
    else return false;
    return true;
  }

  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches("input[data-stored]") || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      cell.value = cell.dataset.stored;
      show(cell);
    } else if (event.shiftKey && event.key !== "Enter") return;
    else if (!moved(cell, event)) return;
    event.preventDefault();
  });

  form.addEventListener("input", (event) => {
    if (event.target.matches("input[data-stored]")) show(event.target);
  });

  form.addEventListener("paste", (event) => {
    const cell = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell.matches("input[data-stored]") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const [row, column] = place(cell);
    text
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .forEach((line, down) => {
        line.split("\t").forEach((value, across) => {
          const target = rows[row + down]?.[column + across];
          if (!target) return;
          target.value = value.trim();
          show(target);
        });
      });
  });

  rows.flat().forEach(show);
})();

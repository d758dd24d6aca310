// The table of figures: keys as in a spreadsheet, and each cell saved when it is left.
// Without it the table is a plain form with one button.
(() => {
  "use strict";

  const form = document.querySelector("form[data-cells]");
  if (!form) return;

  const CELL = "input[data-stored]";
  const words = form.dataset;
  const rows = [...form.querySelectorAll("tbody tr")]
    .map((row) => [...row.querySelectorAll(CELL)])
    .filter((cells) => cells.length);
  const states = new WeakMap(); // the cell's save that is under way, and what is sent after it
  let anchor = null; // where a chosen block begins
  let head = null; // and where it ends
  let leaving = false;

  const say = (text) => {
    document.getElementById("announce").textContent = text;
  };
  const below = (cell) => document.getElementById(`below-${cell.name}`);
  const seen = (cell) => form.elements[`seen.${cell.name}`];
  const typed = (cell) => cell.value.trim();
  const isChanged = (cell) => typed(cell) !== cell.dataset.stored;
  const isBusy = (cell) => states.has(cell);

  function place(cell) {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, rows[row].indexOf(cell)];
  }

  function show(cell) {
    cell.toggleAttribute("data-changed", isChanged(cell));
  }

  // --- Saving one cell ------------------------------------------------------------------------------

  function setMark(mark) {
    let field = form.elements.decimal_mark;
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = "decimal_mark";
      form.append(field);
    }
    field.value = mark;
  }

  function state(cell, text, tone, ...buttons) {
    const part = document.createElement("div");
    part.className = `cells__state${tone ? ` cells__state--${tone}` : ""}`;
    part.dataset.cellState = "";
    const line = document.createElement("p");
    line.textContent = text;
    part.append(line, ...buttons);
    below(cell).querySelector("[data-cell-state]")?.remove();
    below(cell).append(part);
  }

  function failed(cell, text) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn--small";
    again.dataset.send = "";
    again.textContent = words.textAgain;
    state(cell, text || words.textFailed, "off", again);
    cell.setAttribute("aria-invalid", "true");
    say(text || words.textFailed);
  }

  function answered(cell, sent, status, html) {
    const held = below(cell).contains(document.activeElement);
    below(cell).innerHTML = html;
    const answer = below(cell).querySelector("[data-cell-state]");
    cell.toggleAttribute("aria-invalid", false);
    if (status === 200) {
      const untouched = typed(cell) === sent;
      seen(cell).value = answer.dataset.seen;
      cell.dataset.stored = answer.dataset.typed;
      if (untouched) cell.value = answer.dataset.typed;
      document.querySelector("form[data-undo]").hidden = false;
      below(cell).querySelectorAll("[data-derived-value]").forEach((value) => {
        document.getElementById(value.dataset.derivedValue)?.replaceChildren(value.textContent);
      });
    } else {
      cell.setAttribute("aria-invalid", "true");
    }
    say(answer.dataset.said);
    show(cell);
    if (held) (below(cell).querySelector("button") ?? cell).focus();
  }

  function body(cell, extra) {
    const sent = new FormData();
    sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    sent.set("cell", cell.name);
    sent.set("value", typed(cell));
    sent.set("seen", seen(cell).value);
    sent.set("grain", words.grain);
    sent.set("decimal_mark", form.elements.decimal_mark?.value ?? "");
    const derived = [...form.querySelectorAll("[data-derived]")].map((row) => row.dataset.derived);
    sent.set("derived", derived.join(","));
    Object.entries(extra).forEach(([name, value]) => sent.set(name, value));
    return sent;
  }

  async function save(cell, extra = {}) {
    if (isBusy(cell)) {
      states.get(cell).next = extra;
      return;
    }
    if (!isChanged(cell) && !Object.keys(extra).length) return;
    const turn = {};
    const sent = typed(cell);
    states.set(cell, turn);
    state(cell, words.textSaving, "");
    try {
      const answer = await fetch(words.cellUrl, { method: "POST", body: body(cell, extra) });
      const text = await answer.text();
      const isPart = answer.headers.get("Content-Type")?.startsWith("text/html") && !answer.redirected;
      if (isPart && [200, 409, 422].includes(answer.status)) answered(cell, sent, answer.status, text);
      else failed(cell, answer.status === 422 ? text : "");
    } catch {
      failed(cell, "");
    }
    states.delete(cell);
    if (turn.next && typed(cell) !== sent) save(cell, turn.next);
  }

  function revert(cell) {
    cell.value = cell.dataset.stored;
    cell.removeAttribute("aria-invalid");
    below(cell).querySelector("[data-cell-state]")?.remove();
    show(cell);
  }

  // The buttons below a cell answer what was asked about it.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-send], [data-mark], [data-revert]");
    if (!button) return;
    const cell = button.closest("td").querySelector(CELL);
    const { send, mark } = button.dataset;
    const answer = button.closest("[data-cell-state]");
    cell.focus();
    if (send === "take=theirs") {
      seen(cell).value = answer.dataset.seen;
      cell.dataset.stored = answer.dataset.typed;
      revert(cell);
      say(words.textKept);
    } else if (mark) {
      setMark(mark);
      save(cell, { again: "1" });
    } else if (send !== undefined) {
      const [name, value] = send.split("=");
      save(cell, name ? { [name]: value } : { again: "1" });
    } else revert(cell);
  });

  // --- A block of cells that is chosen ------------------------------------------------------------------

  function block() {
    if (!anchor || !head) return [];
    const [[top, left], [bottom, right]] = [place(anchor), place(head)];
    const [first, last] = [Math.min(top, bottom), Math.max(top, bottom)];
    const [from, to] = [Math.min(left, right), Math.max(left, right)];
    return rows.slice(first, last + 1).map((cells) => cells.slice(from, to + 1));
  }

  function pick(from, to) {
    form.querySelectorAll("[data-picked]").forEach((cell) => cell.removeAttribute("data-picked"));
    [anchor, head] = [from, to];
    const chosen = block().flat();
    if (chosen.length < 2) return;
    chosen.forEach((cell) => cell.setAttribute("data-picked", ""));
    say(`${words.textPicked} ${chosen.length}`);
  }

  function extend(cell, down, across) {
    const [row, column] = place(head ?? cell);
    const next = rows[row + down]?.[column + across];
    if (next) pick(anchor ?? cell, next);
  }

  form.addEventListener("copy", (event) => {
    const chosen = block();
    if (!event.target.matches(CELL) || chosen.flat().length < 2) return;
    event.preventDefault();
    const text = chosen.map((cells) => cells.map(typed).join("\t")).join("\n");
    event.clipboardData.setData("text/plain", text);
    say(words.textCopied);
  });

  // --- Keys ----------------------------------------------------------------------------------------------

  // A cell is "ready" (typing replaces it), "typing" (arrows still leave it) or "editing" (arrows move
  // within its text).
  const mode = (cell) => cell.dataset.mode ?? "ready";

  function goTo(cell) {
    if (!cell) return;
    pick(null, null);
    cell.focus();
    cell.dataset.mode = "ready";
    cell.select();
  }

  function go(cell, down, across, far = false) {
    const [row, column] = place(cell);
    if (!far) return goTo(rows[row + down]?.[column + across]);
    const edge = [down ? (down > 0 ? rows.length - 1 : 0) : row, across ? (across > 0 ? rows[row].length - 1 : 0) : column];
    return goTo(rows[edge[0]][edge[1]]);
  }

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  function arrow(cell, event) {
    const [down, across] = ARROWS[event.key];
    if (mode(cell) === "editing" && across) return false;
    if (event.shiftKey) {
      if (mode(cell) !== "ready") return false;
      extend(cell, down, across);
    } else go(cell, down, across, event.ctrlKey || event.metaKey);
    return true;
  }

  function ends(cell, event) {
    if (mode(cell) === "editing") return false;
    const [row] = place(cell);
    const all = event.ctrlKey || event.metaKey;
    if (event.key === "Home") goTo((all ? rows[0] : rows[row])[0]);
    else goTo((all ? rows.at(-1) : rows[row]).at(-1));
    return true;
  }

  function empty(cell) {
    if (mode(cell) !== "ready") return false;
    const chosen = block().flat();
    (chosen.length > 1 ? chosen : [cell]).forEach((one) => {
      one.value = "";
      show(one);
      if (one !== cell) save(one);
    });
    return true;
  }

  function edit(cell) {
    cell.dataset.mode = "editing";
    cell.setSelectionRange(cell.value.length, cell.value.length);
    return true;
  }

  function everything(cell) {
    if (mode(cell) !== "ready") return false;
    pick(rows[0][0], rows.at(-1).at(-1));
    return true;
  }

  function back(cell) {
    if (block().flat().length > 1) pick(null, null);
    else revert(cell);
    cell.dataset.mode = "ready";
    cell.select();
    return true;
  }

  function down(cell, event) {
    save(cell);
    cell.dataset.mode = "ready";
    go(cell, event.shiftKey ? -1 : 1, 0);
    return true;
  }

  function key(cell, event) {
    const command = event.ctrlKey || event.metaKey;
    if (event.key in ARROWS) return arrow(cell, event);
    if (event.key === "Home" || event.key === "End") return ends(cell, event);
    if (command) return event.key === "a" ? everything(cell) : false;
    if (event.key === "Enter") return down(cell, event);
    if (event.key === "Escape") return back(cell);
    if (event.key === "F2") return edit(cell);
    if (event.key === "Delete" || event.key === "Backspace") return empty(cell);
    return false;
  }

  form.addEventListener("keydown", (event) => {
    if (!event.target.matches(CELL) || event.isComposing || event.altKey) return;
    if (key(event.target, event)) event.preventDefault();
  });

  form.addEventListener("input", (event) => {
    const cell = event.target;
    if (!cell.matches(CELL)) return;
    if (mode(cell) === "ready") cell.dataset.mode = "typing";
    pick(null, null);
    show(cell);
  });

  form.addEventListener("focusin", (event) => {
    if (!event.target.matches(CELL)) return;
    event.target.dataset.mode = "ready";
    event.target.select();
  });

  form.addEventListener("focusout", (event) => {
    if (!event.target.matches(CELL)) return;
    delete event.target.dataset.mode;
    if (!below(event.target).contains(event.relatedTarget)) save(event.target);
  });

  // The first press chooses the cell, the next one places the caret in its text.
  form.addEventListener("mousedown", (event) => {
    const cell = event.target;
    if (!cell.matches?.(CELL)) return;
    pick(null, null);
    if (cell === document.activeElement) cell.dataset.mode = "editing";
    else {
      event.preventDefault();
      cell.focus();
    }
  });

  // --- Leaving with something unsaved ------------------------------------------------------------------------

  document.addEventListener("submit", () => {
    leaving = true;
  });

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && rows.flat().some((cell) => isBusy(cell) || isChanged(cell))) event.preventDefault();
  });

  rows.flat().forEach(show);
})();

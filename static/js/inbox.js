// The inbox: keys that move over its rows and act on them, and the box that ticks them all.
// Without it the page is plain forms.
(() => {
  "use strict";

  const list = document.querySelector("[data-inbox]");
  if (!list) return;

  const rows = [...list.querySelectorAll(":scope > li")];
  let here = -1;

  function show(place) {
    here = Math.min(Math.max(place, 0), rows.length - 1);
    rows.forEach((row, number) => row.classList.toggle("is-here", number === here));
    rows[here].querySelector(".rows__title a").focus();
  }

  function tick() {
    const box = rows[here]?.querySelector("input[name=alert]");
    if (box) box.checked = !box.checked;
  }

  function act(name) {
    const button = rows[here]?.querySelector(`button[name=act][value=${name}]`);
    if (button) button.click();
  }

  const keys = {
    j: () => show(here + 1),
    k: () => show(here - 1),
    x: tick,
    a: () => act("acknowledge"),
    r: () => act("read"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
    const key = keys[event.key.toLowerCase()];
    if (!key) return;
    event.preventDefault();
    key();
  });

  list.addEventListener("focusin", (event) => {
    const row = rows.indexOf(event.target.closest("li"));
    if (row >= 0) here = row;
  });

  document.querySelector("[data-tick-all]")?.addEventListener("change", (event) => {
    list.querySelectorAll("input[name=alert]").forEach((box) => {
      box.checked = event.target.checked;
    });
  });
})();

// The form of a metric's definition: finding a metric in the list, and putting it into the formula.
(() => {
  "use strict";

  function matches(item, words) {
    return words.every((word) => item.dataset.words.includes(word));
  }

  document.addEventListener("input", (event) => {
    const search = event.target.closest("[data-filter]");
    if (!search) return;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const items = [...document.getElementById(search.dataset.filter).children];
    items.forEach((item) => {
      item.hidden = !matches(item, words);
    });
    const shown = items.filter((item) => !item.hidden).length;
    search.parentElement.querySelector("[data-filter-count]").textContent = String(shown);
  });

  // Enter looks for something in a list; it must not send the form.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest("[data-filter]")) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const field = document.getElementById(button.dataset.into);
    const before = field.value.slice(0, field.selectionStart);
    const space = before && !/[\s(]$/.test(before) ? " " : "";
    field.setRangeText(space + button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();

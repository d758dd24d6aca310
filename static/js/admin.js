/* Search fields of the administration: named by their label, as every other field is. */

"use strict";

// Registered after autocomplete.js, and so called after it has made the fields.
window.django?.jQuery(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const box = select.nextElementSibling?.querySelector('[role="combobox"]');
    if (!label || !box) continue;
    label.id ||= `${select.id}_label`;
    const shown = box.querySelector('[role="textbox"]');
    shown?.setAttribute("aria-labelledby", label.id);
    box.setAttribute("aria-labelledby", `${label.id} ${shown?.id ?? ""}`);
  }
});

// Cells pasted into the table of figures: the server reads them and shows, in a dialog, what would
// go where; nothing is saved before it is confirmed.
(() => {
  "use strict";

  const form = document.querySelector("form[data-cells]");
  const dialog = document.getElementById("paste");
  if (!form || !dialog) return;

  let origin = null;

  async function preview(body) {
    const headers = { "X-Part": "dialog" };
    const answer = await fetch(form.dataset.pasteUrl, { method: "POST", body, headers });
    const isPart = answer.ok && !answer.redirected;
    if (!isPart) throw new Error(String(answer.status));
    dialog.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("#paste-title").focus();
  }

  async function ask(body) {
    try {
      await preview(body);
    } catch {
      document.getElementById("announce").textContent = form.dataset.textFailed;
      window.location.assign(form.dataset.pasteUrl);
    }
  }

  form.addEventListener("paste", (event) => {
    const cell = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell.matches("input[data-stored]") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    origin = cell;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("text", text);
    body.set("at", cell.name);
    body.set("decimal_mark", form.elements.decimal_mark?.value ?? "");
    ask(body);
  });

  dialog.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-paste-again]")) return;
    event.preventDefault();
    event.stopPropagation();
    ask(new FormData(event.target));
  });

  dialog.addEventListener("close", () => origin?.focus());
})();

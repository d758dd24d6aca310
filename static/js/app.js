// What every page does with JavaScript; without it the pages still work.
(() => {
  "use strict";

  const root = document.documentElement;
  const toasts = document.getElementById("toasts");

  // --- Parts that only make sense with JavaScript, and those that only make sense without ---------

  function prepare(scope) {
    scope.querySelectorAll("[data-needs-js]").forEach((part) => {
      part.hidden = false;
    });
    scope.querySelectorAll("[data-no-js]").forEach((part) => part.remove());
    scope.querySelectorAll("select[data-guess-timezone]").forEach(guessTimeZone);
  }

  function guessTimeZone(select) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }

  // --- Toasts ---------------------------------------------------------------------------------------

  function toast(text, level = "info") {
    const part = document.getElementById("toast").content.firstElementChild.cloneNode(true);
    part.classList.add(`toast--${level}`);
    part.querySelector("span").textContent = text;
    toasts.append(part);
  }

  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss-toast]")?.closest(".toast").remove();
  });

  // --- Theme: automatic, light or dark; a cookie, so that the server draws the page right at once ---

  function chosenTheme() {
    return root.dataset.theme ?? "";
  }

  function showTheme() {
    document.querySelectorAll("[data-theme-choice]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosenTheme()));
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const theme = button.dataset.themeChoice;
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    const age = theme ? 31536000 : 0;
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
    showTheme();
  });

  // --- Menus: a click elsewhere or Escape closes them -------------------------------------------------

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
    });
  });

  // --- Dialogs and questions ----------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    event.target.closest("[data-close]")?.closest("dialog")?.close();
  });

  function ask(question, from) {
    const dialog = document.getElementById("confirm");
    const yes = document.getElementById("confirm-yes");
    const detail = document.getElementById("confirm-detail");
    document.getElementById("confirm-question").textContent = question;
    detail.textContent = from.dataset.confirmDetail ?? "";
    detail.hidden = !detail.textContent;
    yes.textContent = from.dataset.confirmAction ?? yes.dataset.text;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((answer) => {
      dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    });
  }

  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, event.detail.elt).then((yes) => {
      if (yes) event.detail.issueRequest(true);
    });
  });

  // --- Forms: asked once, sent once -----------------------------------------------------------------------

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.dataset.confirm || form.dataset.confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      ask(form.dataset.confirm, form).then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "yes";
        form.requestSubmit(submitter);
        delete form.dataset.confirmed;
      });
    },
    true,
  );

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.target) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post") return;
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    });
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]"))
      form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    const field = button && document.getElementById(button.dataset.reveal);
    if (!field) return;
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });

  // --- Copying -------------------------------------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const source = button && document.querySelector(button.dataset.copy);
    if (!source) return;
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    toast(toasts.dataset.copied, "success");
  });

  // --- A file dropped on its field -------------------------------------------------------------------------

  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.toggleAttribute("data-over", type === "dragover");
      if (type !== "drop" || !event.dataTransfer.files.length) return;
      const field = zone.querySelector("input[type=file]");
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // --- htmx: what a swap must say, and what a refusal says ---------------------------------------------------

  function focusErrors(scope) {
    scope.querySelector("[data-error-summary]")?.focus();
  }

  document.addEventListener("htmx:load", (event) => {
    prepare(event.detail.elt);
    focusErrors(event.detail.elt);
    const said = event.detail.elt.closest("[data-announce]") ?? event.detail.elt.querySelector("[data-announce]");
    if (said) document.getElementById("announce").textContent = said.dataset.announce;
  });

  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    const plain = answer.getResponseHeader("Content-Type")?.startsWith("text/plain");
    const known = { 403: "refused", 404: "refused", 409: "conflict", 412: "conflict", 429: "busy" };
    const word = known[answer.status] ?? "error";
    toast(plain && answer.responseText ? answer.responseText : toasts.dataset[word], "error");
  });

  document.addEventListener("htmx:sendError", () => toast(toasts.dataset.offline, "error"));

  prepare(document);
  showTheme();
  focusErrors(document);
})();

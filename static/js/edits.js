// The form in which a question is asked in other words: opens with focus at its end, Escape and Cancel close it.
// Its text survives a reload too, until it was asked or cancelled.
import { composing } from "./keys.js";

function close(edit) {
  edit.open = false;
  edit.querySelector("summary").focus();
}

export function listenForEdits(log, drafts) {
  // `toggle` does not bubble.
  log.addEventListener("toggle", ({ target }) => {
    if (!target.matches(".edit") || !target.open) return;
    const box = target.querySelector("textarea");
    // A long one waits where it is not laid out: a hidden box of 200 kB took seconds.
    const waiting = target.querySelector("template");
    if (waiting) box.value = waiting.content.textContent;
    waiting?.remove();
    box.value = drafts.get(box.name) ?? box.value;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }, true);
  log.addEventListener("input", ({ target }) => target.matches(".edit textarea") && drafts.keep(target.name, target.value));
  log.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-cancel-edit]")) return;
    drafts.forget(target.closest(".edit").querySelector("textarea").name);
    close(target.closest(".edit"));
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const asked = detail.successful && detail.requestConfig.elt.closest(".edit")?.querySelector("textarea");
    if (asked) drafts.forget(asked.name);
  });
  log.addEventListener("keydown", (event) => {
    const edit = event.target.closest(".edit[open]");
    if (!edit || composing(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close(edit);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      edit.querySelector(".primary").click();
    }
  });
}

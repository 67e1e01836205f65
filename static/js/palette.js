// Search over everything that was said: Ctrl+K opens it, arrows walk the results, Escape closes.
import { composing } from "./keys.js";

export class Palette {
  #dialog; #input;

  constructor(dialog, opener) {
    this.#dialog = dialog;
    this.#input = dialog.querySelector("input");
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      this.#open();
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (dialog.open) dialog.close();
        else this.#open();
      }
    });
    dialog.addEventListener("keydown", (event) => this.#key(event));
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog || target.closest("[data-close-palette]")) dialog.close();
    });
  }

  #open() {
    this.#dialog.showModal();
    this.#input.select();
    window.htmx.trigger(this.#input.form, "palette-open");
  }

  #key(event) {
    if (composing(event)) return;
    if (event.key === "Escape") {
      event.preventDefault(); // a search field would only empty itself
      this.#dialog.close();
      return;
    }
    const results = [...this.#dialog.querySelectorAll(".result")];
    const at = results.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && results.length) {
      event.preventDefault();
      (results[at + step] ?? this.#input).focus();
    } else if (event.key === "Enter" && document.activeElement === this.#input && results.length) {
      event.preventDefault();
      results[0].click();
    }
  }
}

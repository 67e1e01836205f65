// Under 760 px the sidebar is a drawer over the page: one focus, Escape closes, focus returns.
import { composing } from "./keys.js";

const NARROW = matchMedia("(max-width: 759px)");

export class Drawer {
  #sidebar; #main; #opener = null;

  constructor(sidebar, main) {
    this.#sidebar = sidebar;
    this.#main = main;
    document.addEventListener("click", ({ target }) => {
      const opener = target.closest("[data-open-drawer]");
      if (opener) this.#show(opener);
      else if (target.closest("[data-close-drawer]")) this.#hide();
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && !composing(event) && this.#hide());
    NARROW.addEventListener("change", () => this.#hide());
  }

  #show(opener) {
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    document.documentElement.dataset.drawer = "open";
    this.#main.inert = true;
    this.#sidebar.querySelector("a, button").focus();
  }

  #hide() {
    if (!this.#opener) return;
    delete document.documentElement.dataset.drawer;
    this.#main.inert = false;
    this.#opener.setAttribute("aria-expanded", "false");
    this.#opener.focus();
    this.#opener = null;
  }
}

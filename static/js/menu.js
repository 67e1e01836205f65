// The menu of a conversation, opened where its button is, and the line that says what was done.
const TOAST = 8000; // ms: long enough to read it and to take it back

export class Menu {
  #menu; #toast; #opener = null; #timer = 0;

  constructor(menu, toast) {
    this.#menu = menu;
    this.#toast = toast;
    document.addEventListener("click", (event) => {
      const opener = event.target.closest("[data-menu]");
      if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#open(opener);
    });
    menu.addEventListener("toggle", ({ newState }) => newState === "closed" && this.#opener?.focus());
    menu.addEventListener("click", ({ target }) => target.closest("a") && menu.hidePopover());
    menu.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && detail.requestConfig.verb === "post" && menu.hidePopover());
    toast.addEventListener("htmx:afterSwap", () => this.#show());
    if (toast.children.length) this.#show();
  }

  async #open(opener) {
    this.#menu.replaceChildren(); // that of another conversation
    await window.htmx.ajax("GET", opener.getAttribute("href"), { target: this.#menu, swap: "innerHTML" });
    if (!this.#menu.childElementCount) return; // it could not be had, which the page says elsewhere
    this.#opener = opener;
    this.#menu.showPopover();
    const box = opener.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.#menu;
    const left = Math.min(box.left, innerWidth - offsetWidth - 8);
    const top = box.bottom + offsetHeight + 8 > innerHeight ? box.top - offsetHeight - 4 : box.bottom + 4;
    Object.assign(this.#menu.style, { left: `${Math.max(8, left)}px`, top: `${Math.max(8, top)}px` });
    this.#menu.querySelector("input").focus();
    this.#menu.querySelector("input").select();
  }

  #show() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#toast.replaceChildren(), TOAST);
  }
}

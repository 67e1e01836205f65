// Title and passage of a source while its number is hovered or focused; a tap opens the panel instead.
const PAUSE = 150; // ms before it shows: the pointer may only be passing

export class Preview {
  #box; #timer = 0; #link = null; #known = new Map();

  constructor(box) {
    this.#box = box;
    for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => this.#over(event));
    for (const kind of ["pointerout", "focusout"]) document.addEventListener(kind, ({ target }) => target.closest(".cite a") && this.#leave());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.#leave());
    document.addEventListener("scroll", () => this.#leave(), { capture: true, passive: true });
  }

  #over({ target, pointerType }) {
    const link = pointerType === "touch" ? null : target.closest?.(".cite a[data-source]");
    if (!link || link === this.#link) return;
    this.#leave();
    this.#link = link;
    this.#timer = setTimeout(() => this.#show(link), PAUSE);
  }

  async #show(link) {
    const address = link.getAttribute("href");
    if (!this.#known.has(address)) {
      const response = await fetch(`${address}?preview`, { headers: { "HX-Request": "true" } });
      if (!response.ok || response.redirected) return;
      this.#known.set(address, await response.text());
    }
    if (this.#link !== link) return;
    this.#box.innerHTML = this.#known.get(address); // our own server's escaped template
    this.#box.showPopover();
    const { left, top, bottom } = link.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.#box;
    const y = top - offsetHeight - 6 < 8 ? bottom + 6 : top - offsetHeight - 6;
    Object.assign(this.#box.style, { left: `${Math.max(8, Math.min(left - 12, innerWidth - offsetWidth - 8))}px`, top: `${y}px` });
  }

  #leave() {
    clearTimeout(this.#timer);
    this.#link = null;
    if (this.#box.matches(":popover-open")) this.#box.hidePopover();
  }
}

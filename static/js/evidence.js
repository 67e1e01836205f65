// The evidence panel: a source opens beside the text (over it on narrow screens), under an address of its own.
const DRAWER = matchMedia("(max-width: 1099px)");
const LINKS = "a[data-source], a[data-found], a[data-panel]";

export class Evidence {
  #panel; #main; #opener = null; #closed;

  // `closed` is the address of the page without the panel.
  constructor(panel, main, closed) {
    this.#panel = panel;
    this.#main = main;
    this.#closed = closed;
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", ({ key, target }) => key === "Escape" && !target.closest("textarea, [popover]") && this.#close());
    addEventListener("popstate", () => this.#follow(location.pathname));
    if (!panel.hidden) this.#opened(location.pathname);
  }

  #clicked(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest(LINKS);
    if (link) {
      event.preventDefault();
      if (!link.dataset.panel && !this.#panel.contains(link)) this.#opener = link;
      this.#open(link.getAttribute("href"));
    } else if (event.target.closest("[data-close-panel], [data-close-drawer]") && !this.#panel.hidden) {
      event.preventDefault();
      this.#close();
    }
  }

  async #open(address) {
    const fresh = this.#panel.hidden;
    if (!(await this.#load(address))) return;
    if (location.pathname !== address) history.pushState(null, "", address);
    if (fresh || DRAWER.matches) this.#panel.focus();
  }

  // Whether it could be had. If not, the page says so elsewhere, and what is open stays.
  async #load(address) {
    const before = this.#panel.firstChild;
    await window.htmx.ajax("GET", address, { target: this.#panel, swap: "innerHTML" });
    if (this.#panel.firstChild === before) return false;
    this.#panel.hidden = false;
    this.#opened(address);
    return true;
  }

  #opened(address) {
    this.#main.inert = DRAWER.matches;
    for (const link of document.querySelectorAll("a[data-source]")) {
      if (link.getAttribute("href") === address) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  #close() {
    if (this.#panel.hidden) return;
    this.#hide();
    history.pushState(null, "", this.#closed());
    this.#opener?.focus();
    this.#opener = null;
  }

  #hide() {
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#opened("");
    this.#main.inert = false;
  }

  // Back and forward between panels of one page; any other address is another page.
  #follow(address) {
    if (/\/sources\/(\d+\/)?$/.test(address)) this.#load(address);
    else if (address === this.#closed()) this.#hide();
    else location.reload();
  }
}

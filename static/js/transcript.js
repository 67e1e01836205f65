// Applies what the socket tells to the articles on the page. Nodes that did not change are never touched.
import { listConversations } from "./sidebar.js";

const RUNNING = ["pending", "streaming"];

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

const part = (article, name) => article.querySelector(`:scope > [data-part="${name}"]`);

export class Transcript extends EventTarget {
  #log; #socket; #scroll; #announcer;

  constructor(log, socket, { scroll, announcer }) {
    super();
    this.#log = log;
    this.#socket = socket;
    this.#scroll = scroll;
    this.#announcer = announcer;
    socket.addEventListener("event", ({ detail }) => this.apply(detail));
    socket.addEventListener("connected", () => this.resyncRunning());
    log.addEventListener("htmx:afterSwap", () => {
      this.#changed();
      this.resyncRunning(); // what the socket told before these articles came is not in them
      this.dispatchEvent(new Event("replaced"));
    });
    // Earlier messages come above what is being read, and no answer among them is running.
    log.addEventListener("htmx:beforeSwap", (event) => {
      if (!event.detail.target.matches("[data-earlier]") || !event.detail.shouldSwap) return;
      event.detail.shouldSwap = false;
      this.#scroll.keepAbove(() => event.detail.target.replaceWith(parse(event.detail.serverResponse)));
      window.htmx.process(log);
    });
    log.addEventListener("htmx:oobAfterSwap", () => this.#changed());
  }

  get last() {
    return this.#log.querySelector(":scope > article:last-of-type");
  }

  get running() {
    return this.#log.querySelector('article[data-state="pending"], article[data-state="streaming"]');
  }

  toEnd() {
    this.#scroll.toEnd();
  }

  article(id) {
    return document.getElementById(`m-${id}`);
  }

  resyncRunning() {
    for (const article of this.#log.querySelectorAll("article[data-role=assistant]")) {
      if (RUNNING.includes(article.dataset.state)) this.#socket.resync(article.id.slice(2));
    }
  }

  apply(event) {
    if (event.type === "blocks") this.#blocks(event);
    else if (event.type === "state") this.#state(event);
    else if (event.type === "article") this.#article(event);
    else if (event.type === "sidebar") listConversations(event.html);
  }

  #blocks({ message, epoch, from, html }) {
    const article = this.article(message);
    if (!article) return;
    const prose = part(article, "text");
    if (from > 0 && (Number(article.dataset.epoch) !== epoch || prose.children.length < from)) {
      this.#socket.resync(message);
      return;
    }
    article.dataset.epoch = epoch;
    const before = [...prose.children];
    const blocks = html.map((each) => parse(each).firstElementChild);
    // Blocks that are the same stay the same nodes, so that a selection in them survives.
    while (blocks.length && before[from]?.outerHTML === blocks[0].outerHTML) {
      blocks.shift();
      from += 1;
    }
    for (const gone of before.slice(from)) gone.remove();
    prose.append(...blocks);
    this.#announcer.grew(article, prose);
    this.#scroll.follow();
  }

  #state({ message, epoch, state, html }) {
    const article = this.article(message);
    if (!article) return;
    const shell = parse(html).firstElementChild;
    const ended = RUNNING.includes(article.dataset.state) && !RUNNING.includes(state);
    article.dataset.state = state;
    article.dataset.epoch = epoch;
    article.setAttribute("aria-busy", String(RUNNING.includes(state)));
    for (const name of ["head", "foot"]) {
      part(article, name).replaceChildren(...part(shell, name).childNodes);
      window.htmx.process(part(article, name));
    }
    if (ended) {
      this.#announcer.finished(article, part(article, "text"));
      this.dispatchEvent(new Event("ended"));
    }
    this.#changed();
  }

  #article({ message, parent, html }) {
    const before = parent ? this.article(parent) : null;
    if (this.article(message) || (parent ? !before : this.last)) return;
    const article = parse(html).firstElementChild;
    if (before) {
      while (before.nextElementSibling) before.nextElementSibling.remove();
    }
    this.#log.append(article);
    window.htmx.process(article);
    this.#changed();
  }

  // After articles came or changed: the fresh page goes, and twins go.
  #changed() {
    document.getElementById("fresh")?.remove();
    const seen = new Set();
    for (const article of this.#log.querySelectorAll(":scope > article")) {
      if (seen.has(article.id)) article.remove();
      seen.add(article.id);
    }
    this.#scroll.follow();
    this.dispatchEvent(new Event("changed"));
  }
}

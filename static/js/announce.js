// Tells screen readers about an answer by sentence, not by token, and once that it is finished.
const SENTENCES = /[^.!?。…\n]*[.!?。…\n]+/g;

// Between blocks there is a pause, which the text of their nodes does not have.
const words = (prose) => [...prose.children].map((block) => block.textContent).join("\n");

export class Announcer {
  #line; #said = new Map(); #timer = 0; #waiting = "";

  constructor(line) {
    this.#line = line;
  }

  grew(article, prose) {
    const text = words(prose);
    const from = this.#said.get(article.id) ?? (article.dataset.state === "pending" || article.dataset.state === "streaming" ? 0 : text.length);
    const whole = text.slice(from).match(SENTENCES)?.join("") ?? "";
    this.#said.set(article.id, from + whole.length);
    this.#say(whole);
  }

  // How it ended is said in the words that the page shows for it, if there are any.
  finished(article, prose) {
    const rest = words(prose).slice(this.#said.get(article.id) ?? 0);
    this.#said.delete(article.id);
    this.#say(`${rest} ${article.querySelector(".state")?.textContent ?? this.#line.dataset.finished}`);
  }

  // At most one change a second: a live region that changes faster is cut off by most readers.
  #say(words) {
    if (!words.trim()) return;
    this.#waiting += ` ${words}`;
    this.#timer ||= setTimeout(() => {
      this.#line.textContent = this.#waiting.trim();
      this.#waiting = "";
      this.#timer = 0;
    }, 1000);
  }
}

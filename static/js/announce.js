// Tells screen readers about an answer by sentence, not by token, and once that it is finished.
const SENTENCES = /[^.!?。…\n]*[.!?。…\n]+/g;

export class Announcer {
  #line; #said = new Map(); #timer = 0; #waiting = "";

  constructor(line) {
    this.#line = line;
  }

  grew(article, prose) {
    const text = prose.textContent;
    const from = this.#said.get(article.id) ?? (article.dataset.state === "pending" || article.dataset.state === "streaming" ? 0 : text.length);
    const whole = text.slice(from).match(SENTENCES)?.join("") ?? "";
    this.#said.set(article.id, from + whole.length);
    this.#say(whole);
  }

  finished(article, prose) {
    if (!this.#said.has(article.id)) return;
    const rest = prose.textContent.slice(this.#said.get(article.id));
    this.#said.delete(article.id);
    this.#say(`${rest} ${this.#line.dataset.finished}`);
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

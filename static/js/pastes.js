// A long paste folds into a chip above the box; it is sent in a fence below what was typed.
import { complain } from "./errors.js";

const LONG = 4000; // characters

const fenced = (text) => {
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}\n${text}\n${fence}`;
};

// Four letters a token, or about three of four signs of writings that have more of them.
const tokens = (text) => {
  const letters = text.match(/[\0-\u02ff]/g)?.length ?? 0;
  const about = letters / 4 + (text.length - letters) * 0.75;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(about)) - 1);
  return Math.round(about / step) * step;
};

export class Pastes {
  #form; #list; #view; #drafts; #error; #texts; #shown = "";

  constructor(form, drafts, list, view, error) {
    this.#form = form;
    this.#drafts = drafts;
    this.#list = list;
    this.#view = view;
    this.#error = error;
    this.#texts = drafts.get("pastes") ?? [];
    form.elements.text.addEventListener("paste", (event) => this.#paste(event));
    list.addEventListener("click", ({ target }) => this.#act(target, this.#texts[[...list.children].indexOf(target.closest("li"))]));
    view.addEventListener("click", ({ target }) => this.#act(target, this.#shown));
    view.addEventListener("close", () => view.querySelector("pre").replaceChildren());
    this.#draw();
  }

  get texts() {
    return [...this.#texts];
  }

  below(typed) {
    return [typed.trim(), ...this.#texts.map(fenced)].filter(Boolean).join("\n\n");
  }

  // Those that were sent go; one that was added meanwhile stays.
  forget(sent) {
    this.#change(this.#texts.filter((text) => !sent.includes(text)));
  }

  #paste(event) {
    const text = event.clipboardData.getData("text/plain").replaceAll("\r\n", "\n").trimEnd();
    if (text.length <= LONG) return;
    event.preventDefault();
    const whole = this.below(`${this.#form.elements.text.value}${text}`);
    if (whole.length > Number(this.#form.dataset.max)) complain(this.#error, this.#error.dataset.tooLong);
    else this.#change([...this.#texts, text]);
  }

  #act(target, text) {
    if (target.closest("[data-show]")) this.#show(text);
    if (target.closest("[data-insert]")) this.#insert(text);
    if (target.closest("[data-insert], [data-remove]")) this.#change(this.#texts.filter((each) => each !== text));
    if (target.closest("[data-insert], [data-remove], [data-close]") || target === this.#view) this.#leave();
  }

  #show(text) {
    this.#shown = text;
    this.#view.querySelector("h2").textContent = this.#words(text);
    this.#view.querySelector("pre").textContent = text;
    this.#view.showModal();
  }

  #insert(text) {
    const box = this.#form.elements.text;
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input"));
  }

  #leave() {
    this.#view.close();
    this.#form.elements.text.focus();
  }

  #change(texts) {
    this.#texts = texts;
    if (!this.#drafts.keep("pastes", texts)) complain(this.#error, this.#error.dataset.unkept);
    this.#draw();
  }

  #draw() {
    const chip = this.#list.nextElementSibling.content;
    this.#list.replaceChildren(...this.#texts.map((text) => {
      const made = chip.cloneNode(true);
      made.querySelector("[data-show] span").textContent = this.#words(text);
      return made;
    }));
    this.#list.hidden = !this.#texts.length;
  }

  #words(text) {
    const { lang } = document.documentElement;
    const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
    return this.#list.dataset.words
      .replace("{size}", number.format(new TextEncoder().encode(text).length / 1000))
      .replace("{tokens}", number.format(tokens(text)));
  }
}

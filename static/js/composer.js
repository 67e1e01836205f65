// The box that questions are written in. Its text goes only once the server has the question.
import { complain } from "./errors.js";

const TIME_TO_READ = 4000; // ms
const COARSE = matchMedia("(pointer: coarse)");

export class Composer {
  #form; #box; #transcript; #error; #sent = null;

  constructor(form, transcript) {
    this.#form = form;
    this.#box = form.elements.text;
    this.#transcript = transcript;
    this.#error = document.getElementById("composer-error");
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("input", () => this.#typed());
    form.addEventListener("htmx:configRequest", (event) => this.#configure(event));
    form.addEventListener("htmx:beforeRequest", (event) => this.#check(event));
    form.addEventListener("htmx:afterRequest", (event) => this.#answered(event));
    document.getElementById("stop").addEventListener("click", ({ detail }) => {
      // Stop takes the place of Send: the second half of a double click is not meant for it.
      if (detail < 2) this.#stop();
    });
    document.addEventListener("keydown", (event) => this.#escape(event));
    transcript.addEventListener("changed", () => this.#show());
    // "An answer is still being written" is no longer true then, but it must have been read.
    transcript.addEventListener("ended", () => {
      const line = this.#error.firstElementChild;
      setTimeout(() => line?.remove(), TIME_TO_READ);
    });
    transcript.addEventListener("replaced", () => this.#focus());
    this.#box.value ||= sessionStorage.getItem(this.#draft) ?? "";
    this.#typed();
    this.#show();
  }

  get #draft() {
    return `draft:${this.#form.dataset.draft ?? (document.getElementById("main").dataset.new === "yes" ? "new" : this.#form.action)}`;
  }

  #typed() {
    if (!CSS.supports("field-sizing", "content")) {
      this.#box.style.height = "auto";
      this.#box.style.height = `${this.#box.scrollHeight}px`;
    }
    if (this.#box.value) sessionStorage.setItem(this.#draft, this.#box.value);
    else sessionStorage.removeItem(this.#draft);
  }

  #key(event) {
    // While an input method composes, Enter and the arrows belong to it; Safari says so by 229 only.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !COARSE.matches) {
      event.preventDefault();
      if (this.#box.value.trim()) this.#form.requestSubmit();
    } else if (event.key === "ArrowUp" && !this.#box.value) {
      const edits = document.querySelectorAll("#transcript .edit");
      const last = edits[edits.length - 1];
      if (last) {
        event.preventDefault();
        last.open = true;
      }
    }
  }

  #configure({ detail }) {
    const { parameters } = detail;
    if (parameters.starter) parameters.text = "";
    const text = parameters.text || parameters.starter || "";
    const parent = this.#transcript.last?.id.slice(2) ?? "";
    // The same text after the same answer is the same question, however often it has to be sent.
    if (this.#sent?.text !== text || this.#sent?.parent !== parent) {
      this.#sent = { text, parent, id: crypto.randomUUID() };
    }
    parameters.client_id = this.#sent.id;
    parameters.parent = parent;
    this.#error.replaceChildren();
  }

  #check(event) {
    if (event.target !== this.#form) return;
    const { parameters } = event.detail.requestConfig;
    if (!(parameters.text ?? "").trim() && !parameters.starter) {
      event.preventDefault();
    } else if (this.#box.value.length > Number(this.#form.dataset.max)) {
      event.preventDefault();
      complain(this.#error, this.#error.dataset.tooLong);
    }
  }

  #answered({ target, detail }) {
    // The sign-in page comes with 200 as well, after a redirect.
    if (target === this.#form && detail.successful && !detail.xhr.responseURL.includes("/accounts/")) {
      // What was typed after it was sent stays.
      const kept = this.#box.value === this.#sent?.text ? "" : this.#box.value;
      this.#sent = null;
      sessionStorage.removeItem(this.#draft);
      document.getElementById("main").dataset.new = "no";
      this.#box.value = kept;
      this.#typed();
      this.#transcript.toEnd();
      this.#show();
      this.#focus();
    }
  }

  #show() {
    const running = Boolean(this.#transcript.running);
    document.getElementById("stop").hidden = !running;
    document.getElementById("send").hidden = running;
  }

  #stop() {
    const running = this.#transcript.running;
    if (!running) return;
    const address = new URL(`m/${running.id.slice(2)}/stop`, new URL(this.#form.action));
    window.htmx.ajax("POST", address.pathname, { source: this.#form.ownerDocument.body, swap: "none" });
  }

  // Escape closes what is open first; it ends an answer only when nothing is.
  #escape(event) {
    const open = document.querySelector(":popover-open, dialog[open], .edit[open], [data-drawer]");
    if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented && !open) this.#stop();
  }

  // A button that was pressed may be gone; on touch screens focus would open the keyboard.
  #focus() {
    const lost = document.activeElement === document.body || this.#form.contains(document.activeElement);
    if (lost && !COARSE.matches) this.#box.focus({ preventScroll: true });
  }
}

// The box that questions are written in. Its text goes only once the server has the question.
import { complain } from "./errors.js";
import { composing, opened } from "./keys.js";

const TIME_TO_READ = 4000; // ms
const COARSE = matchMedia("(pointer: coarse)");

export class Composer {
  #form; #box; #transcript; #drafts; #pastes; #error; #sent = null;

  constructor(form, transcript, { drafts, pastes }) {
    this.#form = form;
    this.#box = form.elements.text;
    this.#transcript = transcript;
    this.#drafts = drafts;
    this.#pastes = pastes;
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
    new MutationObserver(() => this.#hold()).observe(this.#error, { childList: true });
    this.#error.addEventListener("click", ({ target }) => target.closest("[data-anew]") && this.#anew());
    transcript.addEventListener("changed", () => this.#show());
    // "An answer is still being written" is no longer true then, but it must have been read.
    transcript.addEventListener("ended", () => {
      const line = this.#error.firstElementChild;
      setTimeout(() => line?.remove(), TIME_TO_READ);
    });
    transcript.addEventListener("replaced", () => this.#focus());
    this.#box.value ||= drafts.get("text") ?? "";
    this.#typed();
    this.#show();
  }

  #typed() {
    if (!CSS.supports("field-sizing", "content")) {
      this.#box.style.height = "auto";
      this.#box.style.height = `${this.#box.scrollHeight}px`;
    }
    if (!this.#drafts.keep("text", this.#box.value)) complain(this.#error, this.#error.dataset.unkept);
  }

  #key(event) {
    if (composing(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !COARSE.matches) {
      event.preventDefault();
      if (this.#pastes.below(this.#box.value)) this.#form.requestSubmit();
    } else if (event.key === "ArrowUp" && !this.#pastes.below(this.#box.value)) {
      const edits = document.querySelectorAll("#transcript .edit");
      const last = edits[edits.length - 1];
      if (last) {
        event.preventDefault();
        last.open = true;
      }
    }
  }

  // Asked too often: the text stays, and can be sent once the time has passed.
  get #waits() {
    return Boolean(this.#error.querySelector("[data-wait]"));
  }

  #hold() {
    document.getElementById("send").disabled = this.#waits;
  }

  #configure(event) {
    if (event.target !== this.#form) return;
    if (this.#waits) {
      event.preventDefault();
      return;
    }
    const { parameters } = event.detail;
    const typed = parameters.starter ? null : this.#box.value;
    const pastes = parameters.starter ? [] : this.#pastes.texts;
    parameters.text = parameters.starter ? "" : this.#pastes.below(typed);
    const text = parameters.text || parameters.starter || "";
    const parent = this.#transcript.last?.id.slice(2) ?? "";
    // The same text after the same answer is the same question, however often it has to be sent.
    const again = this.#sent?.text === text && this.#sent.parent === parent;
    this.#sent = { text, parent, typed, pastes, id: again ? this.#sent.id : crypto.randomUUID() };
    parameters.client_id = this.#sent.id;
    parameters.parent = parent;
    this.#error.replaceChildren();
  }

  #check(event) {
    if (event.target !== this.#form) return;
    const { parameters } = event.detail.requestConfig;
    if (!(parameters.text ?? "").trim() && !parameters.starter) {
      event.preventDefault();
    } else if ((parameters.text ?? "").length > Number(this.#form.dataset.max)) {
      event.preventDefault();
      complain(this.#error, this.#error.dataset.tooLong);
    }
  }

  #answered({ detail }) {
    // The sign-in page comes with 200 as well, after a redirect.
    if (detail.requestConfig.elt === this.#form && detail.successful && !detail.xhr.responseURL.includes("/accounts/")) {
      // What was typed after it was sent stays.
      const { typed, pastes } = this.#sent;
      this.#sent = null;
      for (const part of ["text", "pastes", "settings"]) this.#drafts.forget(part);
      document.getElementById("main").dataset.new = "no";
      if (this.#box.value === typed) this.#box.value = "";
      this.#pastes.forget(pastes);
      this.#typed();
      this.#transcript.toEnd();
      this.#show();
      this.#focus();
    }
  }

  // The text that was refused is that of an open edit, unless something stands in the box.
  #anew() {
    const text = this.#box.value || document.querySelector(".edit[open] textarea")?.value || "";
    this.#drafts.keep("text", text);
    this.#drafts.moveToNew(["text", "pastes", "settings"]);
    location.assign(document.getElementById("new-chat").form.action);
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
    if (event.key === "Escape" && !composing(event) && !event.defaultPrevented && !opened()) this.#stop();
  }

  // A button that was pressed may be gone; on touch screens focus would open the keyboard.
  #focus() {
    const lost = document.activeElement === document.body || this.#form.contains(document.activeElement);
    if (lost && !COARSE.matches) this.#box.focus({ preventScroll: true });
  }
}

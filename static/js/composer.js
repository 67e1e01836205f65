// The box that questions are written in. Its text goes only once the server has the question.
const COARSE = matchMedia("(pointer: coarse)");

export class Composer {
  #form; #box; #transcript; #error; #sent = null; #sentAt = 0;

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
    form.elements.deployment?.addEventListener("change", ({ target }) => {
      document.getElementById("chip-label").textContent = target.selectedOptions[0].textContent;
    });
    document.getElementById("stop").addEventListener("click", () => {
      // Stop takes the place of Send: the second half of a double click is not meant for it.
      if (Date.now() - this.#sentAt > 600) this.#stop();
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.#stop());
    document.addEventListener("click", (event) => this.#clicked(event));
    document.querySelector("[data-sign-out]")?.addEventListener("submit", () => sessionStorage.clear());
    transcript.addEventListener("changed", () => this.#show());
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
        last.querySelector("textarea").focus();
      }
    }
  }

  #configure({ detail }) {
    const { parameters } = detail;
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
      this.#complain(this.#error.dataset.tooLong);
    }
  }

  #answered({ target, detail }) {
    if (target !== this.#form) return;
    if (detail.successful) {
      this.#sent = null;
      this.#sentAt = Date.now();
      sessionStorage.removeItem(this.#draft);
      this.#box.value = "";
      document.getElementById("main").dataset.new = "no";
      this.#typed();
      this.#transcript.resyncRunning();
      this.#show();
    } else if (!detail.xhr.status) {
      this.#complain(this.#error.dataset.offline);
    }
  }

  #complain(words) {
    const line = document.createElement("p");
    line.textContent = words;
    this.#error.replaceChildren(line);
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

  #clicked({ target }) {
    const cancel = target.closest("[data-cancel-edit]");
    if (cancel) cancel.closest("details").open = false;
  }
}

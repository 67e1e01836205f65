// Files go to the server as soon as they are chosen, dropped or pasted, one after the other.
import { listenForFiles } from "./dropping.js";
import { complain } from "./errors.js";

export class Files {
  #form; #main; #going; #error; #last = Promise.resolve(); #left = 0;

  constructor(form, main, going, error) {
    if (!going) return;
    this.#form = form;
    this.#main = main;
    this.#going = going;
    this.#error = error;
    const input = document.getElementById("upload");
    document.getElementById("attach").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.#add(input.files);
      input.value = ""; // they are there already when the question goes
    });
    listenForFiles((files) => this.#add(files), document.getElementById("drop-here"));
    form.addEventListener("htmx:beforeRequest", (event) => this.#hold(event));
  }

  #add(files) {
    for (const file of files) {
      const chip = this.#chip(file.name);
      if (file.size > Number(this.#going.dataset.most)) {
        this.#fail(chip, this.#going.dataset.tooLarge);
        continue;
      }
      this.#left += 1;
      this.#last = this.#last.then(() => this.#send(file, chip)).finally(() => {
        this.#left -= 1;
      });
    }
  }

  #chip(name) {
    const chip = this.#going.nextElementSibling.content.firstElementChild.cloneNode(true);
    chip.dataset.state = "going";
    chip.querySelector(".file-name").textContent = name;
    const button = chip.querySelector("[data-remove]");
    button.setAttribute("aria-label", `${button.title} ${name}`);
    button.addEventListener("click", () => chip.remove());
    this.#going.append(chip);
    this.#sent(chip, 0);
    return chip;
  }

  #sent(chip, share) {
    const words = this.#going.dataset.going.replace("{share}", `${Math.round(100 * share)} %`);
    chip.querySelector(".file-how").textContent = words;
  }

  #fail(chip, words) {
    chip.dataset.state = "failed";
    const how = chip.querySelector(".file-how");
    how.setAttribute("role", "alert");
    how.textContent = words;
  }

  // Settles when the file has arrived or cannot; one that was removed before its turn is not sent.
  #send(file, chip) {
    if (!chip.isConnected) return undefined;
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("files", file);
      for (const name of ["key", "deployment", "assistant", "csrfmiddlewaretoken"]) {
        body.append(name, this.#form.elements[name]?.value ?? "");
      }
      chip.querySelector("[data-remove]").addEventListener("click", () => request.abort());
      request.upload.addEventListener("progress", ({ loaded, total }) => this.#sent(chip, loaded / (total || 1)));
      request.addEventListener("load", () => this.#arrived(request, chip, file.name));
      request.addEventListener("error", () => this.#fail(chip, this.#going.dataset.lost));
      request.addEventListener("loadend", resolve);
      request.open("POST", this.#going.dataset.address);
      request.send(body);
    });
  }

  #arrived({ status, responseText, responseURL }, chip, name) {
    if (responseURL.includes("/accounts/")) location.reload(); // signed out meanwhile
    else if (status === 200) {
      chip.remove();
      const list = document.getElementById("files");
      list.outerHTML = responseText;
      window.htmx.process(document.getElementById("files"));
      // From now on a reload finds the files: the page of a new chat has an address of its own.
      history.replaceState(history.state, "", location.pathname === "/" ? this.#main.dataset.page : location.href);
    } else if (status === 422) this.#fail(chip, responseText.replace(`${name}: `, ""));
    else this.#fail(chip, status === 413 ? this.#going.dataset.tooLarge : this.#going.dataset.lost);
  }

  // A question does not overtake its files. One that failed says why until it is removed, and holds nothing up.
  #hold(event) {
    if (event.detail.requestConfig.elt !== this.#form || !this.#left || event.defaultPrevented) return;
    event.preventDefault();
    complain(this.#error, this.#going.dataset.held);
    const { submitter } = event.detail.requestConfig.triggeringEvent ?? {};
    this.#last.then(() => {
      this.#error.replaceChildren();
      this.#form.requestSubmit(submitter);
    });
  }
}

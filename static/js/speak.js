// Reads answers aloud with a voice of this machine: voices from elsewhere would be sent the text.
import { composing, opened } from "./keys.js";

const UNREAD = "pre, .code, .math, .host, sup, [hidden], [aria-hidden]";
const WRITINGS = { ko: /\p{Script=Hangul}/u, ja: /[\p{Script=Hiragana}\p{Script=Katakana}]/u, zh: /\p{Script=Han}/u };

const prose = (button) => button.closest("article").querySelector('[data-part="text"]');

function language(text) {
  const begins = text.slice(0, 2000);
  return Object.keys(WRITINGS).find((each) => WRITINGS[each].test(begins)) ?? document.documentElement.lang.slice(0, 2);
}

function voice(text) {
  const wanted = language(text);
  return speechSynthesis.getVoices().find(({ lang, localService }) => localService && lang.toLowerCase().startsWith(wanted));
}

// Block by block: between them there is a pause, and one that is too long for a voice does not end the reading.
function sentences(text) {
  const read = text.cloneNode(true);
  for (const each of read.querySelectorAll(UNREAD)) each.remove();
  for (const each of read.querySelectorAll("td, th, li")) each.append(", ");
  return [...read.children].map((block) => block.textContent.trim()).filter(Boolean);
}

export class Speaker {
  #button = null;

  constructor(transcript) {
    if (!("speechSynthesis" in window)) return;
    this.#offer();
    speechSynthesis.addEventListener("voiceschanged", () => this.#offer());
    transcript.addEventListener("changed", () => {
      if (this.#button && !this.#button.isConnected) this.#stop();
      this.#offer();
    });
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-read]");
      if (button === null) return;
      const again = button === this.#button;
      this.#stop();
      if (!again) this.#read(button);
    });
    // Before the composer, for which Escape ends an answer.
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#button || composing(event) || opened()) return;
      event.preventDefault();
      this.#stop();
    }, { capture: true });
    addEventListener("pagehide", () => this.#stop());
  }

  #offer() {
    for (const button of document.querySelectorAll("[data-read][hidden]")) button.hidden = !voice(prose(button).textContent);
  }

  #read(button) {
    const chosen = voice(prose(button).textContent);
    const said = sentences(prose(button)).map((text) => Object.assign(new SpeechSynthesisUtterance(text), { voice: chosen, lang: chosen.lang }));
    if (!said.length) return;
    this.#mark(button, true);
    said.at(-1).addEventListener("end", () => this.#button === button && this.#mark(button, false));
    for (const each of said) speechSynthesis.speak(each);
  }

  #stop() {
    speechSynthesis.cancel();
    if (this.#button) this.#mark(this.#button, false);
  }

  #mark(button, reading) {
    const words = reading ? button.dataset.stop : button.dataset.read;
    button.setAttribute("aria-label", words);
    button.title = words;
    const use = button.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, reading ? "#stop" : "#read"));
    this.#button = reading ? button : null;
  }
}

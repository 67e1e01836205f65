// One socket that is always open, or being opened again: with back-off, jitter and a quiet line that says so.
const LONGEST_WAIT = 5000; // ms
const LONGEST_SILENCE = 60000; // ms
const SIGNED_OUT = 4401; // in another tab

export class Socket extends EventTarget {
  #path; #last; #line; #silence = 0; #socket = null; #failures = 0; #timer = 0; #lineTimer = 0;

  // `last` gives id and state of the newest message on the page: what came after it is told on connecting.
  constructor(path, last, line) {
    super();
    this.#path = path;
    this.#last = last;
    this.#line = line;
    addEventListener("online", () => this.#now());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#now());
  }

  open() {
    const address = new URL(this.#path, location.href);
    for (const [name, value] of Object.entries(this.#last())) address.searchParams.set(name, value);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = (this.#socket = new WebSocket(address));
    this.#expectPings(socket);
    socket.addEventListener("open", () => {
      this.#failures = 0;
      clearTimeout(this.#lineTimer);
      this.#line.hidden = true;
      this.dispatchEvent(new Event("connected"));
    });
    socket.addEventListener("message", ({ data }) => {
      this.#expectPings(socket);
      this.#take(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => this.#closed(code));
  }

  // The server pings every 25 s; a connection that a network dropped silently only stays silent.
  #expectPings(socket) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => socket.close(), LONGEST_SILENCE);
  }

  resync(message) {
    this.#send({ type: "resync", message });
  }

  #take(event) {
    if (event.type === "ping") this.#send({ type: "pong" });
    else this.dispatchEvent(new CustomEvent("event", { detail: event }));
  }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #closed(code) {
    if (code === SIGNED_OUT) this.dispatchEvent(new Event("signed-out"));
    else this.#again();
  }

  #again() {
    clearTimeout(this.#silence);
    this.#failures += 1;
    const wait = Math.min(LONGEST_WAIT, 250 * 2 ** this.#failures) * (0.5 + Math.random());
    clearTimeout(this.#lineTimer);
    this.#lineTimer = setTimeout(() => (this.#line.hidden = false), 1500);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), wait);
  }

  #now() {
    if (this.#socket && this.#socket.readyState > WebSocket.OPEN) {
      clearTimeout(this.#timer);
      this.open();
    }
  }
}

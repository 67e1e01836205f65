// One socket that is always open, or being opened again: with back-off, jitter and a quiet line that says so.
const GRACE = 1000; // ms that a server may take to restart before the line says so
const LONGEST_WAIT = 2000; // ms between two tries
const LATER_WAIT = 10000; // ms, once it has been away for long
const LONG = 120000; // ms
const CONNECTING = 10000; // ms that one try may take
const LONGEST_SILENCE = 60000; // ms; the server pings every 25 s
const SIGNED_OUT = 4401; // in another tab

export class Socket extends EventTarget {
  #path; #last; #line; #socket = null; #heard = 0; #failures = 0; #lost = 0; #silence = 0; #timer = 0; #lineTimer = 0;

  // `last` gives id and state of the newest message on the page: what came after it is told on connecting.
  constructor(path, last, line) {
    super();
    this.#path = path;
    this.#last = last;
    this.#line = line;
    addEventListener("online", () => this.open()); // the old connection may be dead without a word
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !this.#alive) this.open();
    });
  }

  get #alive() {
    return this.#socket?.readyState <= WebSocket.OPEN && Date.now() - this.#heard < LONGEST_SILENCE / 2; // or connecting
  }

  // Opens a new one, whatever the one before it was doing.
  open() {
    const address = new URL(this.#path, location.href);
    for (const [name, value] of Object.entries(this.#last())) address.searchParams.set(name, value);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    clearTimeout(this.#timer);
    const before = this.#socket;
    const socket = (this.#socket = new WebSocket(address));
    before?.close();
    this.#expect(socket, CONNECTING);
    const on = (name, handle) => socket.addEventListener(name, (event) => socket === this.#socket && handle(event));
    on("open", () => this.#opened(socket));
    on("message", ({ data }) => {
      this.#expect(socket, LONGEST_SILENCE);
      this.#take(JSON.parse(data));
    });
    on("close", ({ code }) => this.#closed(code));
  }

  resync(message) {
    this.#send({ type: "resync", message });
  }

  // A connection that a network dropped only stays silent, and its own end may take as long: it is not waited for.
  #expect(socket, patience) {
    this.#heard = Date.now();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#socket = null;
      socket.close();
      this.#again();
    }, patience);
  }

  #opened(socket) {
    this.#failures = this.#lost = 0;
    clearTimeout(this.#lineTimer);
    this.#line.hidden = true;
    this.#expect(socket, LONGEST_SILENCE);
    this.dispatchEvent(new Event("connected"));
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
    if (!this.#lost) {
      this.#lost = Date.now();
      this.#lineTimer = setTimeout(() => (this.#line.hidden = false), GRACE);
    }
    this.#failures += 1;
    const longest = Date.now() - this.#lost < LONG ? LONGEST_WAIT : LATER_WAIT;
    const wait = Math.min(longest, 250 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), wait);
  }
}

// The view follows the stream only while the reader is at the end.
const NEAR = 48; // px

export class Scroll {
  #scroller; #jump; #following = true;

  constructor(scroller, jump) {
    this.#scroller = scroller;
    this.#jump = jump;
    scroller.addEventListener("scroll", () => this.#look(), { passive: true });
    jump.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.follow()).observe(scroller);
  }

  follow() {
    if (this.#following) this.toEnd();
    else this.#jump.hidden = this.#atEnd;
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#following = true;
    this.#jump.hidden = true;
  }

  get #atEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #look() {
    this.#following = this.#atEnd;
    this.#jump.hidden = this.#following;
  }
}

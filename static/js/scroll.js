// The view follows the stream only while the reader is at the end. Any move upwards is the reader's, however small.
const NEAR = 48; // px

export class Scroll {
  #scroller; #jump; #following = true; #top = 0;

  constructor(scroller, jump) {
    this.#scroller = scroller;
    this.#jump = jump;
    scroller.addEventListener("scroll", () => this.#look(), { passive: true });
    jump.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.follow()).observe(scroller);
  }

  // What comes above the view must not move it; browsers see to that themselves except at the very top.
  keepAbove(change) {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    change();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  // A new chat is read from its beginning, and has no latest.
  get #fresh() {
    return Boolean(this.#scroller.querySelector("#fresh"));
  }

  follow() {
    if (this.#fresh) return;
    // The text may come before the event that tells that the reader has moved.
    if (this.#movedUp) this.#following = false;
    if (this.#following) this.toEnd();
    else this.#jump.hidden = this.#left < NEAR;
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
    this.#following = true;
    this.#jump.hidden = true;
  }

  get #left() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  // A text that became shorter moves the view up too, but then the view is at the end.
  get #movedUp() {
    return this.#scroller.scrollTop < this.#top - 1 && this.#left > 1;
  }

  #look() {
    if (this.#fresh) return;
    if (this.#movedUp) this.#following = false;
    else if (this.#left < NEAR) this.#following = true;
    this.#top = this.#scroller.scrollTop;
    this.#jump.hidden = this.#left < NEAR;
  }
}

/** The scrolling of the messages: the newest one stays on the screen, unless somebody reads older ones. */
const NEAR = 60; // pixels

export class Scroll {
  #box;
  #latest;
  #following = true;
  #top = 0;

  /** `root` holds the messages and the button that leads to the newest one. */
  constructor(root) {
    this.#box = root.querySelector(".scroll");
    this.#latest = root.querySelector(".latest");
    this.#latest.addEventListener("click", () => this.toEnd());
    this.#box.addEventListener("scroll", () => this.#moved());
    const sizes = new ResizeObserver(() => this.#following && this.toEnd());
    for (const box of [this.#box, root.querySelector(".messages")]) sizes.observe(box);
  }

  toEnd() {
    this.#following = true;
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#latest.hidden = true;
  }

  /** There is a new message; `own`: by who looks. */
  more(own) {
    if (own || this.#following) this.toEnd();
    else this.#latest.hidden = false;
  }

  /** Only who scrolls up stops following: pictures that have just come make it longer as well. */
  #moved() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    this.#following = near || (this.#following && scrollTop >= this.#top);
    this.#top = scrollTop;
    if (this.#following) this.#latest.hidden = true;
  }
}

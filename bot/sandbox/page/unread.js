/** How many messages came that nobody has had on the screen. */
import { t } from "./strings.js";

export class Unread {
  #counts = new Map(); // by chat

  get all() {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  of(chat) {
    return this.#counts.get(chat);
  }

  more(chat) {
    this.#counts.set(chat, (this.#counts.get(chat) ?? 0) + 1);
  }

  clear(chat) {
    this.#counts.delete(chat);
  }
}

/** Write `count` into a badge. */
export function mark(badge, count) {
  badge.hidden = !count;
  badge.textContent = count || "";
  badge.setAttribute("aria-label", t("unread", { n: count }));
}

/** The bar above the messages with what is pinned. */
import { t } from "./strings.js";

/** Show the newest of the pinned `messages` in `bar`; a tap jumps to it, see `dataset.id`. */
export function drawPins(bar, messages) {
  const pinned = messages.filter((message) => message.pinned);
  const newest = pinned.at(-1);
  bar.hidden = !newest;
  if (!newest) return;
  bar.dataset.id = newest.id;
  bar.querySelector("strong").textContent = pinned.length > 1 ? t("pinnedMany", { n: pinned.length }) : t("pinned");
  bar.querySelector("span").textContent = excerpt(newest);
}

/** A message in one line. */
export function excerpt(message) {
  return message.plain || message.files.map(({ name, kind }) => name || t(kind)).join(", ") || message.card?.title || message.card?.name || message.card?.emoji || t("message");
}
